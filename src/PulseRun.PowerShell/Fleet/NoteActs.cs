using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.Notes;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Carries out what notes ask of a cleanup beside the act itself: the second look, what is recorded of it, and the warning before the end of a lifetime.</summary>
internal sealed class NoteActs(ConnectedCmdlet cmdlet, Context context, CleanupSteps steps)
{
    /// <summary>The claim of a warning holds for this time, which is longer than its delivery with a repetition can take.</summary>
    private static readonly TimeSpan s_claim = TimeSpan.FromMinutes(2);

    private readonly NoteScope _scope = NoteScope.Of(context);

    /// <summary>Takes the second look at an instance and its note: the lifetime may have been prolonged since the list. Returns the reason not to act; null when the decision still holds.</summary>
    public async Task<(CleanupReason? Objection, Instance? Seen)> LookAsync(CleanupDecision decision, ActWindow window, ICallObserver observer, CancellationToken cancel)
    {
        Instance? seen = null;
        try
        {
            seen = await Connection.Of(context).Client.GetAsync(decision.Candidate.Instance.Id, window, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
        {
            // Null means that the instance is gone.
        }
        InstanceNote? note = null;
        return cmdlet.Store.TryUse(store => note = store.Notes.Get(_scope.Service, decision.Candidate.Instance.Id))
            ? (LifetimePlanner.Objection(decision, seen, note, context.UtcNow), seen)
            : (CleanupReason.StoreUnavailable, seen);
    }

    /// <summary>Records an act that was carried out.</summary>
    public void Record(CleanupDecision decision, DateTimeOffset at)
    {
        string id = decision.Candidate.Instance.Id;
        cmdlet.Store.TryUse(store =>
        {
            if (decision.Step == CleanupStep.Remove)
                store.Notes.MarkRemoved(_scope, id, at);
            else if (decision.OffHours is { } period)
                store.Notes.Change(_scope, id, new NoteChange { StoppedForOffHoursOf = new(period.Start) }, at);
            else if (decision.Step == CleanupStep.Start)
                store.Notes.Change(_scope, id, new NoteChange { StoppedForOffHoursOf = new(null) }, at);
        });
    }

    /// <summary>Sends the warning before the end of a lifetime, unless it was sent or another process is sending it. A failure is one error, and the next run tries again; the end of the lifetime does not wait for it.</summary>
    public async Task<CleanupAction> WarnAsync(CleanupDecision decision, ICallObserver observer, CancellationToken cancel)
    {
        Instance instance = decision.Candidate.Instance;
        DateTimeOffset end = decision.Candidate.Note!.ExpiresAt!.Value;
        bool isClaimed = false, wasSent = false;
        if (!cmdlet.Store.TryUse(store => isClaimed = store.Notes.TryClaimWarning(_scope, instance.Id, end, s_claim)))
            return decision.Skipped(context.UtcNow, CleanupReason.StoreUnavailable);
        if (!isClaimed)
            return decision.Skipped(context.UtcNow, CleanupReason.NotExpired);
        try
        {
            var what = new CleanupEvent(CleanupEventKind.Warning, instance) { Reason = CleanupReason.ExpiryNear, StopAt = end, Time = context.UtcNow };
            await steps.Notifier!.SendAsync(Notice.Of(what), CleanupWarnings.Key(_scope.Service + instance.Id + end.ToUnixTimeMilliseconds(), what.Kind), observer, cancel).ConfigureAwait(false);
            wasSent = true;
            return decision.Warned(context.UtcNow);
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, instance);
            return decision.Failed(context.UtcNow, error);
        }
        finally
        {
            cmdlet.Store.TryUse(store => store.Notes.EndWarning(_scope, instance.Id, end, wasSent));
        }
    }
}
