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
using PulseRun.Core.Store;

namespace PulseRun.Client.Launch;

/// <summary>Looks for some launches together: lists, waits, matches, claims and writes down.</summary>
/// <param name="client">The connection.</param>
/// <param name="clock">The server's.</param>
/// <param name="time">What delays are counted by.</param>
/// <param name="context">Whose launches.</param>
/// <param name="journal">Where they are written down.</param>
/// <param name="claims">What this process has claimed.</param>
/// <param name="settle">How long a list may lag behind.</param>
/// <param name="records">The launches.</param>
/// <param name="patience">How much longer each is looked for.</param>
/// <param name="seenBefore">The instances this process had seen before they were sent; null when unknown.</param>
internal sealed class LaunchLooks(
    IPulseRunClient client, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, ProcessClaims claims, TimeSpan settle,
    List<LaunchRecord> records, Func<LaunchRecord, TimeSpan, SteadyTime, TimeSpan> patience, ISet<string>? seenBefore)
{
    /// <summary>How many lists a launch may cost.</summary>
    private const int MaxLooks = 3;

    /// <summary>Timers may fire a moment early, and a look before its time proves nothing.</summary>
    private static readonly TimeSpan s_timerError = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, Instance> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instance> _fleet = new(StringComparer.Ordinal);
    private readonly LaunchMatch[] _matches = records.ConvertAll(static _ => new LaunchMatch(LaunchMatchKind.NotYet)).ToArray();
    private SteadyTime? _listedAt;

    public bool IsComplete { get; private set; }

    public async Task<LaunchMatch[]> RunAsync(ICallObserver observer, CancellationToken cancel)
    {
        long start = time.GetTimestamp();
        var begun = clock.Steady;
        var due = records.ConvertAll(record => record.Outcome is null ? patience(record, settle, begun) : TimeSpan.Zero);
        var moments = due.Distinct().OrderBy(static moment => moment).ToList();
        // What can be told now is told now, and the rest when the youngest can be.
        if (moments.Count > 2 || (moments.Count == 2 && moments[0] > TimeSpan.Zero))
            moments = moments[0] == TimeSpan.Zero ? [TimeSpan.Zero, moments[moments.Count - 1]] : [moments[moments.Count - 1]];
        int looks = 0;
        foreach (var moment in moments)
        {
            await WaitAsync(moment - time.GetElapsedTime(start), observer, cancel);
            await ListAsync(observer, cancel);
            for (looks++; !IsComplete && looks < MaxLooks - (moment < moments[moments.Count - 1] ? 1 : 0); looks++)
            {
                await WaitAsync(TimeSpan.FromSeconds(Math.Min(5, Math.Max(1, settle.TotalSeconds / 4))), observer, cancel);
                await ListAsync(observer, cancel);
            }
            Decide(Enumerable.Range(0, records.Count).Where(i => _matches[i].Kind == LaunchMatchKind.NotYet && due[i] <= moment && records[i].Outcome != LaunchOutcome.Launched).ToList());
        }
        FindLater();
        return _matches;
    }

    /// <summary>Lists. A list that fails says nothing, as one that is cut.</summary>
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
                // Gpu and template do not depend on the clock, which the list's own answer may still correct.
                if (records.Exists(record => MatchScore.Slug(record.Request.Gpu, row.Gpu) != Fit.No && MatchScore.Template(record.Request, row.Template) != Fit.No))
                    _listed[row.Id] = row;
                if (needsFleet)
                    _fleet[row.Id] = row;
            }
        }
    }

    /// <summary>Returns the fleet as the list showed it, but for one instance.</summary>
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
        await Delay.For(left + s_timerError, time, cancel);
        observer.Waiting(null);
    }

    /// <summary>Matches, claims and writes down. A journal that fails now leaves them open: they were sent.</summary>
    private void Decide(List<int> open)
    {
        var lost = new HashSet<string>(StringComparer.Ordinal);
        while (open.Count > 0)
        {
            IReadOnlyList<LaunchMatch> answers;
            try
            {
                var scene = Scene(lost);
                answers = LaunchMatcher.Match(open.ConvertAll(Wanted), scene);
                open = open.Where((i, at) => !Settle(i, answers[at], lost)).ToList();
            }
            catch (StoreUnavailableException error)
            {
                answers = LaunchMatcher.Match(open.ConvertAll(Wanted), new ReconcileInput { Listed = _listed.Values.ToList(), IsComplete = IsComplete, Taken = lost, Open = [] });
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

    private LaunchLook Wanted(int i) =>
        new(Intent(records[i]), IsLast: true, IsSettled: LaunchTiming.Left(records[i], settle, clock.Steady) == TimeSpan.Zero);

    private LaunchIntent Intent(LaunchRecord record) => LaunchIntent.Of(record, clock.TimeAt);

    private ReconcileInput Scene(HashSet<string> lost)
    {
        var view = journal.Look(context.Account);
        var taken = new HashSet<string>(view.Claimed, StringComparer.Ordinal);
        taken.UnionWith(lost);
        // A launch that is open without an instance tried to claim it and failed: it has not got it.
        var without = new HashSet<Guid>(view.Open.Where(static record => record.InstanceId is null).Select(static record => record.IntentId));
        taken.UnionWith(_listed.Keys.Where(id => claims.HolderOf(context.Account, id) is { } holder && !without.Contains(holder)));
        var own = new HashSet<Guid>(records.Select(static record => record.IntentId));
        var marks = view.Open.ToDictionary(static record => record.IntentId);
        // Its sender, in another container, may have heard of its end since the record was read.
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Ended is null && marks.TryGetValue(records[i].IntentId, out var now) && now.Ended is not null && now.Sent == records[i].Sent)
                records[i] = records[i] with { Ended = now.Ended, IsAnswered = now.IsAnswered };
        }
        return new ReconcileInput
        {
            Listed = _listed.Values.ToList(),
            IsComplete = IsComplete,
            Taken = taken,
            Open = view.Open.Where(static record => record is { InstanceId: null } && (record.SentAt is not null || record.Sent is not null)).Select(Intent).ToList(),
            // The journal's own row has the mark of what was there; a record in hand may be older.
            WasThereBefore = (intent, id) => view.WasThereBefore(marks.TryGetValue(intent.IntentId, out var row) ? row : intent.Record, id)
                || (seenBefore is not null && own.Contains(intent.IntentId) && seenBefore.Contains(id)),
            KnowsAll = journal.IsShared,
        };
    }

    /// <summary>Looks for instances that may be of launches which were recognised while their server might still be working on them: then one of the two is another's.</summary>
    private void FindLater()
    {
        foreach (int i in Enumerable.Range(0, records.Count).Where(i => records[i].Outcome == LaunchOutcome.Launched))
        {
            var record = records[i];
            var match = new LaunchMatch(LaunchMatchKind.Matched) { Instance = new Instance { Id = record.InstanceId!, Origin = context }, MatchedBy = record.MatchedBy };
            _matches[i] = match;
            if (!IsComplete)
                continue;
            BestEffort.Note(() =>
            {
                var scene = Scene([]);
                // Its server may have worked on it for as long as the request timeout. What fits an open launch is a candidate of that one.
                var intent = Intent(record with { Ended = null });
                _matches[i] = match with
                {
                    Candidates = scene.Listed.Where(row => !scene.Taken.Contains(row.Id) && !InstanceStatus.IsFinal(row.Status)
                        && MatchScore.Of(intent, row) == Fit.Yes && !scene.WasThereBefore(intent, row.Id)
                        && scene.Open.All(open => MatchScore.Of(open, row) == Fit.No)).ToList(),
                };
                journal.MarkLookedAtAgain([record.IntentId]);
            });
        }
    }

    /// <summary>Writes one answer down. False when another command was faster with the instance, so that it must be matched again.</summary>
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

        // Another command decided this very launch at the same moment, or its file was set aside.
        if (journal.Find(context.Account, record.IntentId) is not { } now)
            _matches[i] = new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = match.Candidates, Why = "it is not in the journal any more" };
        else if (now.InstanceId is { } other)
            _matches[i] = new LaunchMatch(LaunchMatchKind.Matched) { Instance = new Instance { Id = other, Origin = context }, MatchedBy = now.MatchedBy ?? "an earlier claim" };
        else
            return false;
        return true;
    }

    private bool Claim(LaunchRecord record, LaunchMatch match)
    {
        string id = match.Instance!.Id;
        if (!claims.TryTake(context.Account, id, record.IntentId, journal) || !journal.TryClaim(record.IntentId, id))
            return false;
        // Claimed is claimed: a command that finds it open later closes it. One with limits is closed when they are known to hold.
        if (match.Kind == LaunchMatchKind.Ended || !LimitKeeper.HasLimits(record))
        {
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.Launched(id, match.MatchedBy, clock.Now, isGone: match.Kind == LaunchMatchKind.Ended) with
            {
                Price = match.Instance.CostPerHour,
                NeedsAnotherLook = LaunchTiming.MayComeLater(record, clock.Steady),
            }));
        }
        return true;
    }
}
