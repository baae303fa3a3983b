using System;
using System.Collections.Generic;

namespace PulseRun.Core.Selection;

/// <summary>Holds the ids and patterns that a command requests on one connection, decides which requests they need, and selects the instances from a list.</summary>
internal sealed class InstanceSelection
{
    private readonly HashSet<string> _wantedIds = new(StringComparer.Ordinal);
    private readonly List<SelectedId> _ids = [];
    private readonly HashSet<string> _writtenPatterns = new(StringComparer.Ordinal);
    private readonly List<Func<string, bool>> _patterns = [];
    private readonly Dictionary<string, Instance> _found = new(StringComparer.Ordinal);

    /// <summary>Gets the single ids, each once, in the order in which they were requested.</summary>
    public IReadOnlyList<SelectedId> Ids => _ids;

    /// <summary>True when a list is needed. One id takes one GET; several take one list, which is cheaper than a GET for each.</summary>
    public bool NeedsList => _patterns.Count > 0 || _ids.Count > 1;

    /// <summary>True when a partial list is not enough: missing rows could match a pattern, while a missing id can be read by itself.</summary>
    public bool NeedsWholeList => _patterns.Count > 0;

    /// <summary>Adds an id. A repeated one is ignored.</summary>
    /// <param name="id">The checked id.</param>
    /// <param name="source">The item of the user's input, for errors.</param>
    public void AddId(string id, object? source)
    {
        if (_wantedIds.Add(id))
            _ids.Add(new SelectedId(id, source));
    }

    /// <summary>Adds a pattern. A repeated one is ignored.</summary>
    /// <param name="pattern">The pattern as it was written.</param>
    /// <param name="matches">Returns true when an id matches it.</param>
    public void AddPattern(string pattern, Func<string, bool> matches)
    {
        if (_writtenPatterns.Add(pattern))
            _patterns.Add(matches);
    }

    /// <summary>Keeps the rows that were requested by id, and returns those that only match a pattern.</summary>
    public IReadOnlyList<Instance> Pick(IReadOnlyList<Instance> rows)
    {
        var matching = new List<Instance>();
        foreach (Instance row in rows)
        {
            if (_wantedIds.Contains(row.Id))
                _found[row.Id] = row;
            else if (_patterns.Exists(matches => matches(row.Id)))
                matching.Add(row);
        }
        return matching;
    }

    /// <summary>Returns the instance with this id if a list contained it; null otherwise.</summary>
    public Instance? Found(string id) => _found.TryGetValue(id, out Instance? found) ? found : null;
}
