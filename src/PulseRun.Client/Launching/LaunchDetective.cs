using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Contracts;
using PulseRun.Launching;

namespace PulseRun.Client.Launching;

/// <summary>Finds out from the list what became of launches whose outcome is open. What it decides is in <see cref="LaunchMatcher"/>; this reads, waits, claims and writes down.</summary>
internal sealed class LaunchDetective(IPulseRunClient client, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, TimeSpan settle)
{
    /// <summary>One launch that has just ended in doubt.</summary>
    public async Task<LaunchMatch> FindAsync(LaunchRecord record, ICallObserver observer, CancellationToken cancel)
    {
        var found = await LookAsync([record], TimeSpan.Zero, observer, cancel);
        return found[0];
    }

    /// <summary>Launches that somebody else left open.</summary>
    public async Task<IReadOnlyList<Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> open, ICallObserver observer, CancellationToken cancel)
    {
        var matches = new LaunchMatch[open.Count];
        var adopted = new List<int>();
        try
        {
            for (int i = 0; i < open.Count; i++)
            {
                // Of several who try, one gets it; the others may see what that one wrote.
                if (!journal.TryAdopt(open[i]))
                    matches[i] = Written(open[i]);
                else if (Known(open[i]) is { } known)
                    matches[i] = known;
                else
                    adopted.Add(i);
            }
            var records = adopted.ConvertAll(i => open[i]);
            if (records.Count > 0)
            {
                // The youngest decides how long the list may still lag; for the others that is more than enough.
                var elapsed = clock.Now - records.Max(static record => record.SentAt!.Value);
                var found = await LookAsync(records, elapsed, observer, cancel);
                for (int i = 0; i < adopted.Count; i++)
                    matches[adopted[i]] = found[i];
            }
        }
        finally
        {
            foreach (int i in adopted)
                journal.Release(open[i].IntentId);
        }
        return open.Select((record, i) => Result(record, matches[i])).ToList();
    }

    /// <summary>What somebody else wrote meanwhile.</summary>
    private LaunchMatch Written(LaunchRecord seen) => journal.Find(context.Account, seen.IntentId) switch
    {
        { Outcome: LaunchOutcome.Launched } record => Adopted(record.InstanceId!, record.MatchedBy),
        { Outcome: LaunchOutcome.NotLaunched } => new LaunchMatch(LaunchMatchKind.NotLaunched),
        _ => new LaunchMatch(LaunchMatchKind.NotYet),
    };

    private LaunchMatch Adopted(string id, string? matchedBy) =>
        new(LaunchMatchKind.Matched) { Instance = new Instance { Id = id, Origin = context }, MatchedBy = matchedBy ?? "an earlier claim" };

    /// <summary>What the journal alone tells.</summary>
    private LaunchMatch? Known(LaunchRecord record)
    {
        if (record.InstanceId is { } id)
        {
            // Its process ended between finding the instance and saying so.
            journal.Close(record.IntentId, LaunchOutcome.Launched, id, record.MatchedBy, clock.Now);
            return Adopted(id, record.MatchedBy);
        }
        if (record.SentAt is not null)
            return null;
        journal.Close(record.IntentId, LaunchOutcome.NotLaunched, null, null, clock.Now);
        return new LaunchMatch(LaunchMatchKind.NotLaunched);
    }

    private async Task<LaunchMatch[]> LookAsync(List<LaunchRecord> records, TimeSpan elapsed, ICallObserver observer, CancellationToken cancel)
    {
        var matches = records.ConvertAll(static _ => new LaunchMatch(LaunchMatchKind.NotYet)).ToArray();
        var looks = LaunchSchedule.Looks(settle, elapsed);
        var before = elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed;
        for (int look = 0; look < looks.Count && Array.Exists(matches, IsOpen); look++)
        {
            bool isLast = look == looks.Count - 1;
            if (looks[look] > before)
            {
                observer.Waiting("the list to show a doubtful launch");
                await Pause.For(looks[look] - before, time, cancel);
                observer.Waiting(null);
                before = looks[look];
            }
            var (listed, isComplete) = await ListAsync(records, observer, cancel);
            for (int i = 0; i < records.Count; i++)
            {
                if (IsOpen(matches[i]))
                    matches[i] = Decide(records[i], listed, isComplete, isLast);
            }
        }
        return matches;
    }

    private static bool IsOpen(LaunchMatch match) => match.Kind == LaunchMatchKind.NotYet;

    /// <summary>Matches, claims and writes down. A journal that fails now leaves it open: it was sent.</summary>
    private LaunchMatch Decide(LaunchRecord record, List<Instance> listed, bool isComplete, bool isSettled)
    {
        var intent = new LaunchIntent(record.IntentId, record.Request, record.SentAt ?? record.RequestedAt);
        var scene = new LaunchScene
        {
            Listed = listed,
            IsComplete = isComplete,
            ServerSkew = clock.Skew,
            Taken = new HashSet<string>(StringComparer.Ordinal),
            IsSettled = isSettled,
        };
        try
        {
            return Decide(intent, scene);
        }
        catch (StoreUnavailableException error)
        {
            var candidates = LaunchMatcher.Match(intent, scene).Candidates;
            return new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = candidates, Why = "the launch journal fails (" + error.Message.TrimEnd('.') + ")" };
        }
    }

    /// <summary>A claim that somebody else was faster with is matched again without it.</summary>
    private LaunchMatch Decide(LaunchIntent intent, LaunchScene scene)
    {
        var lost = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var view = journal.Look(context.Account, intent.SentAt);
            view.Taken.UnionWith(lost);
            var match = LaunchMatcher.Match(intent, scene with { Taken = view.Taken, Rivals = LaunchIntent.Unclaimed(view.Open) });
            if (match.Kind == LaunchMatchKind.Matched && journal.TryClaim(intent.IntentId, match.Instance!.Id))
            {
                // Claimed is claimed: whoever finds it open later closes it.
                JournalNotes.Note(() => journal.Close(intent.IntentId, LaunchOutcome.Launched, match.Instance.Id, match.MatchedBy, clock.Now));
                return match;
            }
            if (match.Kind == LaunchMatchKind.Matched)
                lost.Add(match.Instance!.Id);
            else if (match.Kind != LaunchMatchKind.NotLaunched || journal.Close(intent.IntentId, LaunchOutcome.NotLaunched, null, null, clock.Now))
                return match;

            // Somebody else decided this very launch at the same moment, or its file was set aside.
            if (journal.Find(context.Account, intent.IntentId) is not { } now)
                return new LaunchMatch(LaunchMatchKind.Ambiguous) { Candidates = match.Candidates, Why = "it is not in the journal any more" };
            if (now.InstanceId is { } other)
                return Adopted(other, now.MatchedBy);
        }
    }

    /// <summary>The listed instances that may be one of these launches. A list that fails says nothing, as one that is cut.</summary>
    private async Task<(List<Instance> Listed, bool IsComplete)> ListAsync(List<LaunchRecord> records, ICallObserver observer, CancellationToken cancel)
    {
        var rows = new List<Instance>();
        bool isComplete = true;
        try
        {
            await client.ListAsync(null, batch => rows.AddRange(batch.Where(MayFit)), observer, cancel);
        }
        catch (PulseRunException error)
        {
            observer.Verbose("The list that would tell whether it launched failed: " + error.Message);
            isComplete = false;
        }
        return (rows, isComplete);

        // Gpu and template do not depend on the clock, which the list's own answer may still correct.
        bool MayFit(Instance row) => records.Exists(record =>
            LaunchFit.Slug(record.Request.Gpu, row.Gpu) != Fit.No && LaunchFit.Slug(record.Request.Template, row.Template) != Fit.No);
    }

    private Launch Result(LaunchRecord record, LaunchMatch match) => new()
    {
        IntentId = record.IntentId,
        Outcome = match.Kind switch
        {
            LaunchMatchKind.Matched => LaunchOutcome.Launched,
            LaunchMatchKind.NotLaunched => LaunchOutcome.NotLaunched,
            _ => LaunchOutcome.Unknown,
        },
        InstanceId = match.Kind == LaunchMatchKind.Matched ? match.Instance!.Id : null,
        Candidates = match.Candidates,
        MatchedBy = match.MatchedBy,
        Gpu = record.Request.Gpu,
        Template = record.Request.Template,
        RequestedAt = record.RequestedAt,
        ResolvedAt = match.Kind is LaunchMatchKind.Matched or LaunchMatchKind.NotLaunched ? clock.Now : null,
        Origin = context,
    };
}
