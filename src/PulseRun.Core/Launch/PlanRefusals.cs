using System;
using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Remembers which alternatives the server refused, for all launches of a command: what one has learnt, the others do not ask again.</summary>
internal sealed class PlanRefusals
{
    /// <summary>The longest time for which a refused alternative is not asked for again.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private readonly object _lock = new();
    private readonly Dictionary<string, TimeSpan> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _launched = new(StringComparer.Ordinal);

    /// <summary>Returns the name of an alternative: all that decides whether there is capacity for it.</summary>
    public static string NameOf(LaunchRequest request) => string.Join(
        "\n", request.Gpu, request.Region ?? "any", request.Provider ?? "auto", request.Spot == true ? "spot" : "", request.Template, request.DiskSizeGb?.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToLowerInvariant();

    /// <summary>Records that an alternative was refused.</summary>
    public void Refused(LaunchRequest request, TimeSpan now)
    {
        lock (_lock)
        {
            _refused[NameOf(request)] = now;
            _launched.Remove(NameOf(request));
        }
    }

    /// <summary>Records that an alternative was launched.</summary>
    public void Launched(LaunchRequest request, TimeSpan now)
    {
        lock (_lock)
            _launched[NameOf(request)] = now;
    }

    /// <summary>Returns how long ago an alternative was refused; null when it was not, or when that is no reason any more not to ask for it.</summary>
    public TimeSpan? RefusedAgo(LaunchRequest request, TimeSpan now, TimeSpan rest)
    {
        lock (_lock)
            return _refused.TryGetValue(NameOf(request), out var at) && now - at < rest ? now - at : null;
    }

    /// <summary>True when an alternative was launched so lately that several launches may ask for it at the same time.</summary>
    public bool IsOpen(LaunchRequest request, TimeSpan now)
    {
        lock (_lock)
            return _launched.TryGetValue(NameOf(request), out var at) && now - at < LongestRest;
    }
}
