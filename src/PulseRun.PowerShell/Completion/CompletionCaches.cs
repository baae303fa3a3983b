using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace PulseRun.PowerShell.Completion;

/// <summary>Holds the completion caches of this process, one per account. All runspaces and connections of an account share its cache and its request budget.</summary>
internal static class CompletionCaches
{
    /// <summary>The number of accounts that keep their cached instances: those that were added last.</summary>
    private const int MaxFilled = 8;

    private static readonly object s_lock = new();
    private static readonly Stopwatch s_running = Stopwatch.StartNew();
    private static readonly Dictionary<string, CompletionCache> s_fleets = new(StringComparer.Ordinal);
    private static readonly Queue<CompletionCache> s_filled = new();

    public static CompletionCache Of(string account)
    {
        lock (s_lock)
        {
            if (s_fleets.TryGetValue(account, out CompletionCache? known))
                return known;
            var fleet = new CompletionCache(static () => s_running.Elapsed);
            s_fleets.Add(account, fleet);
            s_filled.Enqueue(fleet);
            // The cache object stays, because it also limits requests: connecting again must not permit another request.
            if (s_filled.Count > MaxFilled)
                s_filled.Dequeue().Forget();
            return fleet;
        }
    }
}
