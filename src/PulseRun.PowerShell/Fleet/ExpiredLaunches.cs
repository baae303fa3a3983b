using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the instances of launches whose process ended before it knew them, and whose lifetime has ended meanwhile: cleanup must end them like all others.</summary>
/// <param name="cmdlet">The cmdlet: its streams.</param>
/// <param name="context">The connection.</param>
internal sealed class ExpiredLaunches(ConnectedCmdlet cmdlet, Context context)
{
    private static readonly TimeSpan s_longestElsewhere = TimeSpan.FromMinutes(15);

    /// <summary>Finds out what became of such launches, and binds their notes to the instances. At most three lists for all of them; none when there is no such launch.</summary>
    public async Task ResolveAsync(CancellationToken cancel)
    {
        try
        {
            IStore store = Stores.Current;
            var expired = new HashSet<Guid>(store.Notes.Open(context.Service).Where(note => note.ExpiresAt <= context.UtcNow && note.Account == context.Account).Select(static note => note.IntentId).OfType<Guid>());
            if (expired.Count == 0)
                return;
            using ILauncher launcher = Libraries.CreateLauncher(context, store.Launches, new LaunchOptions { TrustsWallClock = true });
            // A process on another machine cannot be observed. After this time it no longer waits for an answer.
            List<LaunchRecord> open = launcher.Left().ToResolve
                .Where(record => expired.Contains(record.IntentId) && (record.OwnerState != OwnerState.Elsewhere || context.UtcNow - record.RequestedAt > s_longestElsewhere))
                .ToList();
            if (open.Count == 0)
                return;
            // It waits until the list must show what was launched. The lifetime is over, so that a later run would be too late.
            foreach (Launch launch in await launcher.ResolveAsync(open, cmdlet.Runner.Observer, cancel).ConfigureAwait(false))
            {
                if (launch.Outcome == LaunchOutcome.Unknown)
                {
                    cmdlet.Runner.Observer.Warning("The lifetime of the launch " + launch.IntentId + " has ended, and its instance is not known for certain"
                        + (launch.Candidates.Count == 0 ? "" : ": it may be " + string.Join(", ", launch.Candidates.Select(static one => CleanText.Clean(one.Id, 64)))) + ". Use Resolve-PRLaunch to decide.");
                }
            }
        }
        catch (Exception error) when (error is StoreUnavailableException || (error is PulseRunException known && !cmdlet.IsFatal(known)))
        {
            cmdlet.Runner.Observer.Warning("What became of launches whose lifetime has ended is not known yet; the next run looks again. " + error.Message);
        }
    }
}
