using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Probe;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Asks the probe about instances that the readings show idle. A probe that finds a GPU at work adds its reading to the history; one that agrees adds nothing, because it may not make a verdict more certain.</summary>
internal sealed class Witness(IProbe probe, Context context, LocalStore store)
{
    /// <summary>Returns a verdict after the probe. Other verdicts than Idle are returned at once.</summary>
    public async Task<IdleVerdict> CheckAsync(IdleVerdict verdict, ICallObserver observer, CancellationToken cancel)
    {
        if (verdict.Verdict != Verdict.Idle)
            return verdict;
        ProbeResult result = await probe.AskAsync(verdict.Instance, observer, cancel).ConfigureAwait(false);
        if (result.Detail is { } detail)
            observer.Verbose("Probe of " + verdict.Id + ": " + result.Answer + ". " + detail);
        if (result.Answer == Verdict.Active && result.Reading is { GpuUtilization: not null } reading)
            store.TryUse(opened => opened.History.RecordReadings(context.Account, [reading], context.UtcNow));
        return result.Apply(verdict);
    }

    /// <summary>Returns the verdicts after the probe, in the same order.</summary>
    public async Task<IReadOnlyList<IdleVerdict>> CheckAsync(IReadOnlyList<IdleVerdict> verdicts, ICallObserver observer, CancellationToken cancel) =>
        await Task.WhenAll(verdicts.Select(verdict => CheckAsync(verdict, observer, cancel))).ConfigureAwait(false);
}
