using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Decides which instances pass. A condition passes an instance when one of its patterns matches; a condition without patterns passes every instance.</summary>
internal sealed class InstanceFilter
{
    private readonly List<Func<Instance, bool>> _parts = [];

    /// <summary>True when every instance passes.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Adds a condition: a value of the instance, and the patterns of which one must match it.</summary>
    public InstanceFilter With(Func<Instance, string?> value, string[]? patterns)
    {
        if (patterns is { Length: > 0 })
            _parts.Add(Condition(value, patterns));
        return this;
    }

    /// <summary>Adds a condition.</summary>
    public InstanceFilter With(Func<Instance, bool> condition)
    {
        _parts.Add(condition);
        return this;
    }

    /// <summary>Adds the conditions for GPU type, region, provider and template.</summary>
    public InstanceFilter WithKind(string[]? gpu, string[]? region, string[]? provider, string[]? template) =>
        gpu is null && region is null && provider is null && template is null ? this
        : With(static instance => instance.Gpu, gpu)
            .With(static instance => instance.Region, region)
            .With(static instance => instance.Provider, provider)
            .With(static instance => instance.Template, template);

    /// <summary>Adds the condition for spot instances. An instance without a spot flag counts as not spot.</summary>
    public InstanceFilter WithSpot(bool? spot)
    {
        if (spot is { } wanted)
            _parts.Add(wanted ? static instance => instance.Spot == true : static instance => instance.Spot != true);
        return this;
    }

    /// <summary>Returns true when every condition passes the instance.</summary>
    public bool Passes(Instance instance)
    {
        foreach (Func<Instance, bool> part in _parts)
        {
            if (!part(instance))
                return false;
        }
        return true;
    }

    /// <summary>Returns the rows that pass, in their order.</summary>
    public IReadOnlyList<Instance> Apply(IReadOnlyList<Instance> rows) => IsEmpty ? rows : rows.Where(Passes).ToList();

    private static Func<Instance, bool> Condition(Func<Instance, string?> value, string[] patterns)
    {
        Func<string, bool>[] matches = patterns.Select(Patterns.Matcher).ToArray();
        return instance => value(instance) is { } text && Array.Exists(matches, match => match(text));
    }
}
