using System;
using System.Collections.Generic;

namespace PulseRun.Core.Selection;

/// <summary>The instances that a command asks for on one connection, by id and by pattern. Decides which requests that needs, and picks the instances out of a list.</summary>
internal sealed class InstanceSelection
{
    private readonly HashSet<string> _wantedIds = new(StringComparer.Ordinal);
    private readonly List<SelectedId> _ids = [];
    private readonly HashSet<string> _writtenPatterns = new(StringComparer.Ordinal);
    private readonly List<Func<string, bool>> _patterns = [];
    private readonly Dictionary<string, Instance> _found = new(StringComparer.Ordinal);

    /// <summary>The single ids, each once, in the order in which they were asked for.</summary>
    public IReadOnlyList<SelectedId> Ids => _ids;

    /// <summary>True when a list is needed. One id is one GET; several are one list, which is cheaper than a GET each.</summary>
    public bool NeedsList => _patterns.Count > 0 || _ids.Count > 1;

    /// <summary>True when a part of the list is not enough: a pattern can match the rows that are missing, while a missing id can be read by itself.</summary>
    public bool NeedsWholeList => _patterns.Count > 0;

    /// <summary>Adds an id. Repeating it does nothing.</summary>
    /// <param name="id">The checked id.</param>
    /// <param name="source">The item of the user's input.</param>
    public void AddId(string id, object? source)
    {
        if (_wantedIds.Add(id))
            _ids.Add(new SelectedId(id, source));
    }

    /// <summary>Adds a pattern. Repeating it does nothing.</summary>
    /// <param name="pattern">The pattern as it was written.</param>
    /// <param name="matches">Returns true when an id matches it.</param>
    public void AddPattern(string pattern, Func<string, bool> matches)
    {
        if (_writtenPatterns.Add(pattern))
            _patterns.Add(matches);
    }

    /// <summary>Keeps the rows that were asked for by id, and returns those that only a pattern asks for.</summary>
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

    /// <summary>Returns the instance of an id when a list showed it; else null.</summary>
    public Instance? Found(string id) => _found.TryGetValue(id, out Instance? found) ? found : null;
}
