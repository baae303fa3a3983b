using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Collects the ids or names of a command, selects objects by them, and finds those that no object has.</summary>
/// <param name="ignoresCase">True for names, whose case does not matter.</param>
internal sealed class ObjectFilter(bool ignoresCase = false)
{
    private readonly List<(string Text, bool IsPattern, Func<string, bool> Matches)> _wanted = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Gets a value that is true when the command got input. With an empty pipeline it got none, and returning all objects then would be wrong.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Adds the values of one record of the pipeline; null for a record without the parameter.</summary>
    public void Add(string[]? texts)
    {
        IsAsked = true;
        foreach (string text in texts ?? [])
        {
            string wanted = Folded(text);
            if (_texts.Add(wanted))
                _wanted.Add((text, Patterns.IsPattern(text), Patterns.IsPattern(text) ? Patterns.Matcher(wanted) : one => one == wanted));
        }
    }

    /// <summary>Returns true when an object with this id or name is selected. Without ids or names every object is.</summary>
    public bool Selects(string? text) => _wanted.Count == 0 || _wanted.Exists(one => one.Matches(Folded(text)));

    /// <summary>Returns the ids or names without wildcards that no object has.</summary>
    public IEnumerable<string> Missing(IEnumerable<string?> all)
    {
        var there = new HashSet<string>(all.Select(Folded), StringComparer.Ordinal);
        return _wanted.Where(one => !one.IsPattern && !there.Contains(Folded(one.Text))).Select(static one => one.Text);
    }

    private string Folded(string? text) => ignoresCase ? (text ?? "").ToUpperInvariant() : text ?? "";
}
