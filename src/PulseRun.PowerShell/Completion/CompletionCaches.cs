using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace PulseRun.PowerShell.Completion;

/// <summary>What this process has seen, by account: all runspaces and connections of an account share it, and its budget of requests.</summary>
internal static class CompletionCaches
{
    /// <summary>So many accounts keep their instances: the newest ones.</summary>
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
            // The object itself stays, as the rate gate does: connecting again must not buy another request.
            if (s_filled.Count > MaxFilled)
                s_filled.Dequeue().Forget();
            return fleet;
        }
    }
}
