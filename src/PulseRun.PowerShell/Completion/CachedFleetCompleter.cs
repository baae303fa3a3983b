using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>A completer that offers from what this process has seen of the fleet, and has it looked at when that is old: one request in 30 s for an account, whoever presses Tab.</summary>
internal abstract class CachedFleetCompleter : PulseRunCompleter
{
    /// <summary>A look that takes longer is given up: it holds a place under the rate limit that commands may want.</summary>
    private static readonly TimeSpan s_longestLook = TimeSpan.FromSeconds(10);

    /// <summary>Has the fleet looked at when that is due, and waits for it as long as a Tab may.</summary>
    private protected static CompletionCache Look(Context context, TimeBudget budget)
    {
        (Task looking, TimeSpan age) = Connection.Of(context).Seen.AskWhenDue(() => LookAsync(context));
        budget.Waits(looking, age);
        return Connection.Of(context).Seen;
    }

    private static async Task LookAsync(Context context)
    {
        try
        {
            using var limit = new CancellationTokenSource(s_longestLook);
            await Connection.Of(context).Client.PeekAsync(SilentObserver.Instance, limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A Tab has no way to say what went wrong, and the command itself will.
        catch (Exception)
#pragma warning restore CA1031
        {
            // What came before it failed is kept.
        }
    }
}
