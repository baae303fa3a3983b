using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Which instances pass. Each part holds when any of its patterns does; a part that was not given always holds.</summary>
internal sealed class InstanceFilter
{
    private readonly List<Func<Instance, bool>> _parts = [];

    /// <summary>Whether nothing is filtered.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Adds a part: a value of the instance and the patterns of which one must match it.</summary>
    public InstanceFilter With(Func<Instance, string?> value, string[]? patterns)
    {
        if (patterns is null || patterns.Length == 0)
            return this;
        Func<string, bool>[] matches = patterns.Select(Matcher).ToArray();
        _parts.Add(instance => value(instance) is { } text && Array.Exists(matches, match => match(text)));
        return this;
    }

    /// <summary>Adds the parts that tell what an instance is, and where.</summary>
    public InstanceFilter WithKind(string[]? gpu, string[]? region, string[]? provider, string[]? template) =>
        With(static instance => instance.Gpu, gpu)
            .With(static instance => instance.Region, region)
            .With(static instance => instance.Provider, provider)
            .With(static instance => instance.Template, template);

    /// <summary>Adds the spot part; unknown is not spot.</summary>
    public InstanceFilter WithSpot(bool? spot)
    {
        if (spot is { } wanted)
            _parts.Add(instance => (instance.Spot ?? false) == wanted);
        return this;
    }

    public bool Passes(Instance instance)
    {
        foreach (Func<Instance, bool> part in _parts)
        {
            if (!part(instance))
                return false;
        }
        return true;
    }

    /// <summary>The rows that pass, in their order. Each is judged once: a fleet is many rows.</summary>
    public IReadOnlyList<Instance> Apply(IReadOnlyList<Instance> rows) => IsEmpty ? rows : rows.Where(Passes).ToList();

    // Most filters are plain words, and a fleet is many rows: a pattern is only run for a pattern.
    private static Func<string, bool> Matcher(string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
            return text => string.Equals(text, pattern, StringComparison.OrdinalIgnoreCase);
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return wildcard.IsMatch;
    }
}
