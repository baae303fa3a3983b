using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Selects objects by id, and finds the ids that no object has.</summary>
/// <param name="ids">The ids or patterns; null for all objects.</param>
internal sealed class ObjectFilter(IReadOnlyCollection<string>? ids)
{
    private readonly List<(string Text, bool IsPattern, Func<string, bool> Matches)> _wanted =
        (ids ?? []).Distinct(StringComparer.Ordinal).Select(static id => (id, Patterns.IsPattern(id), Patterns.IsPattern(id) ? Patterns.Matcher(id) : text => text == id)).ToList();

    /// <summary>Returns true when an object is selected.</summary>
    public bool Selects(string id) => _wanted.Count == 0 || _wanted.Exists(one => one.Matches(id));

    /// <summary>Returns the ids without wildcards that no object has.</summary>
    public IEnumerable<string> Missing(IReadOnlyCollection<string> all) => _wanted.Where(one => !one.IsPattern && !all.Contains(one.Text)).Select(static one => one.Text);
}
