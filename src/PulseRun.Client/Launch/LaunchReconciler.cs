using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Determines the outcome of open launches from the list. <see cref="LaunchMatcher"/> decides; this class reads, waits, claims and records.</summary>
internal sealed class LaunchReconciler(IPulseRunClient client, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, ProcessClaims claims, TimeSpan settle)
{
    private readonly LimitKeeper _limits = new(client, clock, time, context, journal);

    /// <summary>Gets whether the wall clock of this machine is believed too.</summary>
    public bool TrustsWallClock { get; init; }

    /// <summary>Looks for one launch whose outcome has just become unknown. A matched instance is claimed; the caller checks its limits.</summary>
    /// <param name="record">The launch.</param>
    /// <param name="seenBefore">The instances that this process had seen before the launch was sent.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    public async Task<LaunchMatch> FindAsync(LaunchRecord record, ISet<string> seenBefore, ICallObserver observer, CancellationToken cancel)
    {
        var look = Looks([record], seenBefore);
        var found = (await look.RunAsync(LaunchTiming.Patience, observer, cancel))[0];
        // An instance fits, but the server may still be working on this launch or on an equal one, so another one that fits may come. Most launches under way are answered soon; the rest is waited for.
        if (found.Kind == LaunchMatchKind.NotYet && look.HasMore)
        {
            observer.Verbose(found.Candidates[0].Id + " fits the launch of " + LaunchCall.Name(record.Request) + ". It is adopted if no other one fits when the server must be done.");
            found = (await look.RunAsync((one, time, now) => LaunchTiming.Left(one, time, now) is var left && left > TimeSpan.Zero ? left : time, observer, cancel))[0];
        }
        if (found.Kind == LaunchMatchKind.NotYet && look.HasMore)
            found = (await look.RunAsync(look.LeftOfAll, observer, cancel))[0];
        return found is { Kind: LaunchMatchKind.Ambiguous, Candidates.Count: 0 } && look.IsComplete && LaunchTiming.Left(record, settle, clock.Steady) > TimeSpan.Zero
            ? found with { Why = Unsettled(record) }
            : found;
    }

    /// <summary>Resolves launches that another command left open, and looks once more for some that were not listed.</summary>
    public async Task<IReadOnlyList<PulseRun.Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> records, ICallObserver observer, CancellationToken cancel)
    {
        var results = new PulseRun.Launch[records.Count];
        var adopted = new List<int>();
        var wanted = new List<int>();
        try
        {
            for (int i = 0; i < records.Count; i++)
            {
                var record = records[i];
                if (record.Outcome is not null)
                {
                    wanted.Add(i);
                    continue;
                }
                // Of several commands, one adopts the launch; the others may read its result.
                if (!journal.TryAdopt(record))
                {
                    results[i] = Written(record);
                    continue;
                }
                adopted.Add(i);
                if (record is { SentAt: null, Sent: null, InstanceId: null })
                {
                    journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now));
                    results[i] = Result(record, LaunchOutcome.NotLaunched);
                }
                else if (record.InstanceId is not null)
                {
                    results[i] = await FinishAsync(record, observer, cancel);
                }
                else
                {
                    if (clock.Steady.Since(record.Sent) is null)
                        journal.Meet(record.IntentId, clock.Steady);
                    wanted.Add(i);
                }
            }
            if (wanted.Count > 0)
            {
                var look = Looks(wanted.ConvertAll(i => records[i]), null);
                var found = await look.RunAsync(LaunchTiming.Left, observer, cancel);
                for (int i = 0; i < wanted.Count; i++)
                    results[wanted[i]] = await ResultAsync(records[wanted[i]], found[i], look, observer);
            }
        }
        finally
        {
            // A launch that the second look opened again must not stay owned by this command either.
            var done = adopted.Union(wanted).Select(i => records[i].IntentId).ToArray();
            if (done.Length > 0)
                journal.Release(done);
        }
        return results;
    }

    private LaunchLooks Looks(List<LaunchRecord> records, ISet<string>? seenBefore) =>
        new(client, clock, time, context, journal, claims, settle, records, seenBefore) { TrustsWallClock = TrustsWallClock };

    /// <summary>Finishes a launch whose process ended between claiming the instance and closing, so that its limits may not have been checked.</summary>
    private async Task<PulseRun.Launch> FinishAsync(LaunchRecord record, ICallObserver observer, CancellationToken cancel)
    {
        string id = record.InstanceId!;
        string matchedBy = record.MatchedBy ?? "an earlier claim";
        if (!LimitKeeper.HasLimits(record))
        {
            journal.Close(record.IntentId, LaunchClosing.Launched(id, matchedBy, clock.Now));
            return Result(record, LaunchOutcome.Launched, id, matchedBy);
        }
        Instance instance;
        try
        {
            instance = await client.GetAsync(id, observer, cancel);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound && LaunchTiming.Left(record, settle, clock.Steady) == TimeSpan.Zero)
        {
            instance = new Instance { Id = id, Status = InstanceStatus.Terminated, Origin = context };
        }
        catch (PulseRunException error)
        {
            observer.Warning("Whether instance " + id + " keeps to the limits of its launch is not known: " + error.Message);
            return Result(record, LaunchOutcome.Unknown, candidates: [new Instance { Id = id, Origin = context }]);
        }
        if (InstanceStatus.IsFinal(instance.Status))
        {
            string ended = "it is " + PulseRun.Core.Text.CleanText.Clean(instance.Status!, 40) + " already";
            journal.Close(record.IntentId, LaunchClosing.Launched(id, ended, clock.Now, isGone: true));
            return Result(record, LaunchOutcome.NotLaunched, matchedBy: ended, candidates: [instance]);
        }
        FleetView? fleet = null;
        if (record.MaxFleetCostPerHour is not null)
        {
            var look = Looks([record], null);
            await look.ListAsync(observer, cancel);
            if (!look.IsComplete)
            {
                observer.Warning("Whether instance " + id + " keeps to the limit for the fleet is not known: the list could not be read.");
                return Result(record, LaunchOutcome.Unknown, candidates: [instance]);
            }
            fleet = look.FleetWithout(record, id);
        }
        return await HoldAsync(record, instance, fleet, matchedBy, observer);
    }

    private async Task<PulseRun.Launch> ResultAsync(LaunchRecord record, LaunchMatch match, LaunchLooks look, ICallObserver observer)
    {
        switch (match.Kind)
        {
            case LaunchMatchKind.Matched when LimitKeeper.HasLimits(record) && match.Instance!.Gpu is not null:
                return await HoldAsync(record, match.Instance, record.MaxFleetCostPerHour is null ? null : look.FleetWithout(record, match.Instance.Id), match.MatchedBy, observer);
            case LaunchMatchKind.Matched:
                return Result(record, LaunchOutcome.Launched, match.Instance!.Id, match.MatchedBy, match.Candidates);
            case LaunchMatchKind.Ended:
                return Result(record, LaunchOutcome.NotLaunched, matchedBy: "it is " + PulseRun.Core.Text.CleanText.Clean(match.Instance!.Status!, 40) + " already", candidates: match.Candidates);
            case LaunchMatchKind.NotLaunched:
                return Result(record, LaunchOutcome.NotLaunched);
            default:
                return Result(record, LaunchOutcome.Unknown, candidates: match.Candidates);
        }
    }

    private async Task<PulseRun.Launch> HoldAsync(LaunchRecord record, Instance instance, FleetView? fleet, string? matchedBy, ICallObserver observer)
    {
        if (await _limits.HoldAsync(record, instance, fleet, matchedBy, observer) is not { } breach)
            return Result(record, LaunchOutcome.Launched, instance.Id, matchedBy, [instance]);
        observer.Warning(breach.Error.Message);
        return Result(
            record,
            breach.IsGone ? LaunchOutcome.NotLaunched : LaunchOutcome.Unknown,
            matchedBy: breach.IsGone ? "terminated at once: it was over its limit" : null,
            candidates: [instance]);
    }

    /// <summary>Returns the result that another command recorded meanwhile.</summary>
    private PulseRun.Launch Written(LaunchRecord seen) => journal.Find(context.Account, seen.IntentId) switch
    {
        { Outcome: LaunchOutcome.Launched, IsGone: false } record => Result(record, LaunchOutcome.Launched, record.InstanceId, record.MatchedBy),
        { Outcome: not null } record => Result(record, LaunchOutcome.NotLaunched, matchedBy: record.MatchedBy),
        _ => Result(seen, LaunchOutcome.Unknown),
    };

    private string Unsettled(LaunchRecord record) => string.Format(
        CultureInfo.InvariantCulture,
        "it is not listed {0:0.#} s after it was sent, and a server may work on a launch for as long as the request timeout ({1:0.#} s), which is longer than -SettleSec",
        LaunchTiming.Age(record, clock.Steady).TotalSeconds,
        (record.RequestTimeout ?? LaunchTiming.DefaultRequestTimeout).TotalSeconds);

    private PulseRun.Launch Result(LaunchRecord record, LaunchOutcome outcome, string? instanceId = null, string? matchedBy = null, IReadOnlyList<Instance>? candidates = null) => new()
    {
        IntentId = record.IntentId,
        Outcome = outcome,
        InstanceId = instanceId,
        Candidates = candidates ?? [],
        MatchedBy = matchedBy,
        Gpu = record.Request.Gpu,
        Template = record.Request.Template,
        RequestedAt = record.RequestedAt,
        ResolvedAt = outcome == LaunchOutcome.Unknown ? null : clock.Now,
        Origin = context,
    };
}
