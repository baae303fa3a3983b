using System;
using System.Collections.Concurrent;

namespace PulseRun.Client.Gate;

/// <summary>The gates of this process, one for each address and key.</summary>
internal static class Gates
{
    private static readonly ConcurrentDictionary<string, RateGate> s_gates = new(StringComparer.Ordinal);

    /// <summary>The gate of an account, which is a digest of address and key.</summary>
    public static RateGate Of(string account) => s_gates.GetOrAdd(account, static _ => new RateGate(TimeProvider.System, Chance.Next));
}
