using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Looks for several launches together: lists, waits, matches, claims instances, and records the results.</summary>
/// <param name="client">The connection.</param>
/// <param name="clock">The clock of the server.</param>
/// <param name="time">The clock of delays.</param>
/// <param name="context">The connection whose account made the launches.</param>
/// <param name="journal">The journal that records the results.</param>
/// <param name="claims">The instances that this process has claimed.</param>
/// <param name="settle">The longest time that the list may lack a launched instance.</param>
/// <param name="records">The launches.</param>
/// <param name="seenBefore">The instances that this process had seen before the launches were sent; null when not known.</param>
internal sealed class LaunchLooks(
    IPulseRunClient client, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, ProcessClaims claims, TimeSpan settle,
    List<LaunchRecord> records, ISet<string>? seenBefore)
{
    /// <summary>The largest number of lists that looking for launches may cost.</summary>
    private const int MaxLooks = 3;

    /// <summary>The tolerance for timers that fire slightly early, because a look before its time proves nothing.</summary>
    private static readonly TimeSpan s_timerError = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, Instance> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instance> _fleet = new(StringComparer.Ordinal);
    private readonly LaunchMatch[] _matches = records.ConvertAll(static _ => new LaunchMatch(LaunchMatchKind.NotYet)).ToArray();
    private SteadyTime? _listedAt;
    private int _looks;
    private TimeSpan _othersLeft;

    /// <summary>Gets whether the wall clock of this machine is believed too.</summary>
    public bool TrustsWallClock { get; init; }

    public bool IsComplete { get; private set; }

    /// <summary>False when no further list may be read.</summary>
    public bool HasMore => _looks < MaxLooks;

    /// <summary>Looks for the launches that are not decided yet.</summary>
    /// <param name="patience">Returns how much longer to wait before the look that decides a launch.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    public async Task<LaunchMatch[]> RunAsync(Func<LaunchRecord, TimeSpan, SteadyTime, TimeSpan> patience, ICallObserver observer, CancellationToken cancel)
    {
        long start = time.GetTimestamp();
        var begun = clock.Steady;
        var due = records.ConvertAll(record => patience(record, settle, begun));
        var moments = due.Distinct().OrderBy(static moment => moment).ToList();
        // Decide at once what can be decided now, and the rest when the youngest launch can be decided.
        if (moments.Count > 2 || (moments.Count == 2 && moments[0] > TimeSpan.Zero))
            moments = moments[0] == TimeSpan.Zero ? [TimeSpan.Zero, moments[moments.Count - 1]] : [moments[moments.Count - 1]];
        foreach (var moment in moments)
        {
            await WaitAsync(moment - time.GetElapsedTime(start), observer, cancel);
            await ListAsync(observer, cancel);
            for (_looks++; !IsComplete && _looks < MaxLooks - Later(moment); _looks++)
            {
                await WaitAsync(TimeSpan.FromSeconds(Math.Min(5, Math.Max(1, settle.TotalSeconds / 4))), observer, cancel);
                await ListAsync(observer, cancel);
            }
            Decide(Enumerable.Range(0, records.Count).Where(i => _matches[i].Kind == LaunchMatchKind.NotYet && due[i] <= moment).ToList());
        }
        return _matches;

        // Returns how many looks are kept for later (0 or 1), because a younger launch is not decided yet, or a launch has not settled.
        int Later(TimeSpan moment) => moment < moments[moments.Count - 1] || records.Exists(record => LaunchTiming.Left(record, settle, _listedAt!) > TimeSpan.Zero) ? 1 : 0;
    }

    /// <summary>Returns how long to wait until all open launches have settled, those of other commands as well.</summary>
    public TimeSpan LeftOfAll(LaunchRecord record, TimeSpan settleTime, SteadyTime now)
    {
        var own = LaunchTiming.Left(record, settleTime, now);
        return own > _othersLeft ? own : _othersLeft;
    }

    /// <summary>Reads the list. A list that fails proves nothing, like a truncated one.</summary>
    public async Task ListAsync(ICallObserver observer, CancellationToken cancel)
    {
        IsComplete = true;
        _listedAt = clock.Steady;
        _fleet.Clear();
        bool needsFleet = records.Exists(static record => record.MaxFleetCostPerHour is not null);
        try
        {
            await client.ListAsync(null, Take, observer, cancel);
        }
        catch (PulseRunException error)
        {
            observer.Verbose("The list that would tell whether it launched failed: " + error.Message);
            IsComplete = false;
        }

        void Take(IReadOnlyList<Instance> rows)
        {
            foreach (var row in rows)
            {
                // Keep rows by GPU and template only: they do not depend on the clock, which the answer to this list may still correct.
                if (records.Exists(record => MatchScore.Slug(record.Request.Gpu, row.Gpu) != Fit.No && MatchScore.Template(record.Request, row.Template) != Fit.No))
                    _listed[row.Id] = row;
                if (needsFleet)
                    _fleet[row.Id] = row;
            }
        }
    }

    /// <summary>Returns the fleet in the list without one instance.</summary>
    public FleetView FleetWithout(LaunchRecord record, string id) => new(
        record.MaxFleetCostPerHour!.Value,
        Burn.Of(_fleet.Values.Where(row => row.Id != id)),
        new HashSet<string>(_fleet.Keys, StringComparer.Ordinal),
        _listedAt!,
        record.AllowUnknownPrice);

    private async Task WaitAsync(TimeSpan left, ICallObserver observer, CancellationToken cancel)
    {
        if (left <= TimeSpan.Zero)
            return;
        observer.Waiting("the list to show a launch whose outcome is unknown, " + Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
        await time.Delay(left + s_timerError, cancel);
        observer.Waiting(null);
    }

    /// <summary>Matches launches, claims instances and records the results. If the journal fails now, the launches stay open, because they were sent.</summary>
    private void Decide(List<int> open)
    {
        var lost = new HashSet<string>(StringComparer.Ordinal);
        while (open.Count > 0)
        {
            IReadOnlyList<LaunchMatch> answers;
            try
            {
                var view = journal.Look(context.Account);
                // A launch that is decided needs no instance any more. Matching it would give it that of another launch.
                open = open.Where(i => !IsDecidedElsewhere(i, view)).ToList();
                var scene = Scene(view, lost);
                answers = LaunchMatcher.Match(open.ConvertAll(i => Wanted(i, view)), scene);
                open = open.Where((i, at) => !Settle(i, answers[at], lost)).ToList();
            }
            catch (StoreUnavailableException error)
            {
                answers = LaunchMatcher.Match(open.ConvertAll(i => Wanted(i, null)), new ReconcileInput { Listed = _listed.Values.ToList(), IsComplete = IsComplete, Taken = lost, Open = [] });
                for (int at = 0; at < open.Count; at++)
                {
                    _matches[open[at]] = new LaunchMatch(LaunchMatchKind.Ambiguous)
                    {
                        Candidates = answers[at].Candidates,
                        Why = "the launch journal fails (" + error.Message.TrimEnd('.') + ")",
                    };
                }
                return;
            }
        }
    }

    private LaunchLook Wanted(int i, JournalView? view) =>
        // The list shows what was there when it was requested.
        new(Intent(records[i], view), IsLast: true, IsSettled: LaunchTiming.Left(records[i], settle, _listedAt!) == TimeSpan.Zero);

    private LaunchIntent Intent(LaunchRecord record, JournalView? view)
    {
        var intent = LaunchIntent.Of(record, clock.RangeAt);
        if (view is not null && LaunchEvidence.IsThere(intent, view, _listed.Values))
            intent = intent.OfOneUser();
        return TrustsWallClock ? intent.WithWallClock(clock.Skew) : intent;
    }

    private ReconcileInput Scene(JournalView view, HashSet<string> lost)
    {
        var taken = new HashSet<string>(view.Claimed, StringComparer.Ordinal);
        taken.UnionWith(lost);
        // If the launch that this process claimed the instance for is still open without an instance, its claim in the journal failed, so the instance is not its own.
        var without = new HashSet<Guid>(view.Open.Where(static record => record.InstanceId is null).Select(static record => record.IntentId));
        taken.UnionWith(_listed.Keys.Where(id => claims.HolderOf(context.Account, id) is { } holder && !without.Contains(holder)));
        var own = new HashSet<Guid>(records.Select(static record => record.IntentId));
        var marks = view.Open.ToDictionary(static record => record.IntentId);
        // The sender of a launch, in another container, may have recorded its end since the record was read.
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Ended is null && marks.TryGetValue(records[i].IntentId, out var now) && now.Ended is not null && now.Sent == records[i].Sent)
                records[i] = records[i] with { Ended = now.Ended, IsAnswered = now.IsAnswered };
        }
        var sent = view.Open.Where(static record => record is { InstanceId: null } && (record.SentAt is not null || record.Sent is not null)).ToList();
        _othersLeft = sent.Select(record => LaunchTiming.Left(record, settle, clock.Steady)).DefaultIfEmpty(TimeSpan.Zero).Max();
        return new ReconcileInput
        {
            Listed = _listed.Values.ToList(),
            IsComplete = IsComplete,
            Taken = taken,
            Open = sent.ConvertAll(record => Intent(record, view)),
            IsSettled = intent => LaunchTiming.Left(intent.Record, settle, _listedAt!) == TimeSpan.Zero,
            // The row of the journal has the highest instance number; the record at hand may be older.
            WasThereBefore = (intent, id) => view.WasThereBefore(marks.TryGetValue(intent.IntentId, out var row) ? row : intent.Record, id)
                || (seenBefore is not null && own.Contains(intent.IntentId) && seenBefore.Contains(id)),
            IsFitProof = intent => !LaunchEvidence.IsNeeded(intent) || LaunchEvidence.IsThere(intent, view, _listed.Values),
            KnowsAll = journal.IsShared,
        };
    }

    /// <summary>Records one result. Returns false when another command claimed the instance first, so that the launch must be matched again.</summary>
    private bool Settle(int i, LaunchMatch match, HashSet<string> lost)
    {
        var record = records[i];
        _matches[i] = match;
        bool isSecondLook = record.Outcome is not null;
        switch (match.Kind)
        {
            case LaunchMatchKind.Matched or LaunchMatchKind.Ended:
                if (isSecondLook)
                    journal.Reopen(record.IntentId);
                if (Claim(record, match))
                    return true;
                lost.Add(match.Instance!.Id);
                break;
            case LaunchMatchKind.NotLaunched when isSecondLook:
                journal.MarkLookedAtAgain([record.IntentId]);
                return true;
            case LaunchMatchKind.NotLaunched:
                if (journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now, needsAnotherLook: true)))
                    return true;
                break;
            case LaunchMatchKind.Ambiguous when isSecondLook:
                if (match.Candidates.Count > 0)
                    journal.Reopen(record.IntentId);
                else
                    _matches[i] = new LaunchMatch(LaunchMatchKind.NotLaunched);
                return true;
            default:
                return true;
        }

        // Another command decided this launch at the same time, or its file was set aside.
        if (journal.Find(context.Account, record.IntentId) is not { } now)
            _matches[i] = new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = match.Candidates, Why = "it is not in the journal any more" };
        else if (now.InstanceId is not null)
            _matches[i] = Claimed(now);
        else
            return false;
        return true;
    }

    /// <summary>Takes over what another command has decided about a launch since its record was read: the command that sent it, or one that resolves it as well.</summary>
    private bool IsDecidedElsewhere(int i, JournalView view)
    {
        var id = records[i].IntentId;
        var now = view.Open.FirstOrDefault(one => one.IntentId == id) ?? journal.Find(context.Account, id);
        if (now?.InstanceId is not null)
            _matches[i] = Claimed(now);
        else if (now is { Outcome: LaunchOutcome.NotLaunched } && records[i].Outcome is null)
            _matches[i] = new LaunchMatch(LaunchMatchKind.NotLaunched);
        else
            return false;
        return true;
    }

    private LaunchMatch Claimed(LaunchRecord record) => new(record.IsGone ? LaunchMatchKind.Ended : LaunchMatchKind.Matched)
    {
        Instance = new Instance { Id = record.InstanceId!, Status = record.IsGone ? InstanceStatus.Terminated : null, Origin = context },
        MatchedBy = record.MatchedBy ?? "an earlier claim",
    };

    private bool Claim(LaunchRecord record, LaunchMatch match)
    {
        string id = match.Instance!.Id;
        if (!claims.TryTake(context.Account, id, record.IntentId, journal) || !journal.TryClaim(record.IntentId, id))
            return false;
        // A claim is enough: a command that finds the launch open closes it later. A launch with limits is closed only when they are known to hold.
        if (match.Kind == LaunchMatchKind.Ended || !LimitKeeper.HasLimits(record))
        {
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.Launched(id, match.MatchedBy, clock.Now, isGone: match.Kind == LaunchMatchKind.Ended) with
            {
                Price = match.Instance.CostPerHour,
            }));
        }
        return true;
    }
}
