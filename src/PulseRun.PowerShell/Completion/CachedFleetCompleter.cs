using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>The base of completers that offer values from the cached fleet. Refreshes the cache when it is old, with at most one request in 30 s per account, in all runspaces together.</summary>
internal abstract class CachedFleetCompleter : PulseRunCompleter
{
    /// <summary>A refresh that takes longer is cancelled, because it occupies a permit of the rate limiter that commands may need.</summary>
    private static readonly TimeSpan s_longestLook = TimeSpan.FromSeconds(10);

    /// <summary>Returns the cache. Refreshes it first when that is due, and waits for the refresh no longer than the budget allows.</summary>
    private protected static CompletionCache Look(Context context, TimeBudget budget)
    {
        CompletionCache seen = Connection.Of(context).Seen;
        if (!seen.HasList)
            budget.AllowFirst();
        (Task looking, TimeSpan age) = seen.AskWhenDue(() => LookAsync(context));
        budget.Waits(looking, age);
        return seen;
    }

    private static async Task LookAsync(Context context)
    {
        try
        {
            using var limit = new CancellationTokenSource(s_longestLook);
            await Connection.Of(context).Client.PeekAsync(SilentObserver.Instance, limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Completion cannot report an error, and the command itself will report it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Rows that arrived before the failure stay in the cache.
        }
    }
}
