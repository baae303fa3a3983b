using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Calls;
using PulseRun.Client.Http;
using PulseRun.Contracts;
using PulseRun.Cost;
using PulseRun.Launching;
using PulseRun.Rules;

namespace PulseRun.Client.Launching;

/// <summary>The launches of one command: intent first, sent once, and an unknown outcome is found out or reported as unknown.</summary>
/// <param name="client">The connection.</param>
/// <param name="launches">Sends one.</param>
/// <param name="clock">The server's.</param>
/// <param name="time">What delays are counted by.</param>
/// <param name="context">Whose launches.</param>
/// <param name="journal">The user's own; a passing one with -NoJournal.</param>
/// <param name="terms">The limit for the fleet, and patience.</param>
internal sealed class Launcher(IPulseRunClient client, LaunchCall launches, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, LaunchTerms terms) : ILauncher
{
    /// <summary>For how long a price counts as just seen: then it refuses a launch that would be over its limit.</summary>
    private static readonly TimeSpan s_justSeen = TimeSpan.FromHours(1);

    private readonly LaunchDetective _detective = new(client, clock, time, context, journal, terms.Settle);
    private readonly LimitKeeper _limits = new(client, clock, time, context, journal);
    private readonly Lazy<HashSet<string>> _seenBefore = new(() => new HashSet<string>(context.Seen.Instances.Select(static one => one.Id), StringComparer.Ordinal));
    private FleetLid? _fleetLid;

    public async Task<Instance> LaunchAsync(LaunchTicket ticket, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            if (LaunchRules.Check(ticket.Request) is { } refusal)
                throw refusal;
            RefuseWhatWasOverItsLimit(ticket);
            // What this process has seen by now cannot be what is launched from now on.
            _ = _seenBefore.Value;
            if (terms.MaxFleetCostPerHour is not { } limit)
                return await OnceAsync(ticket, null, observer, cancel);
            var fleet = LazyInitializer.EnsureInitialized(ref _fleetLid, static () => new FleetLid())!;
            return await fleet.RunAsync(ticket, () => ReadFleetAsync(limit, observer, cancel), view => OnceAsync(ticket, view, observer, cancel), cancel);
        }
        finally
        {
            // The command ended before the launch did: what it wrote last must not look like a living command's.
            if (ticket.IsLeft)
                JournalNotes.Note(() => journal.Release(ticket.IntentId));
        }
    }

    /// <summary>The same, where the ticket is of no interest.</summary>
    public Task<Instance> LaunchAsync(LaunchRequest request, decimal? maxHourlyCost, ICallObserver observer, CancellationToken cancel) =>
        LaunchAsync(new LaunchTicket(request, maxHourlyCost), observer, cancel);

    public async Task<IReadOnlyList<Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> records, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await _detective.ResolveAsync(records, observer, cancel);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "What became of earlier launches cannot be written down, so they stay open. " + error.Message);
        }
    }

    public LaunchesLeft Left()
    {
        var now = clock.Steady;
        var open = journal.Open(context.Account);
        return new LaunchesLeft(
            open.Where(static record => record.OwnerState != OwnerState.Alive).ToList(),
            open.Where(static record => record.OwnerState == OwnerState.Alive).ToList(),
            // One elsewhere may be about to write it: it is given the time a launch takes.
            journal.Untold(context.Account).Where(record => record.OwnerState switch
            {
                OwnerState.Alive => false,
                OwnerState.Elsewhere => LaunchTiming.Left(record, terms.Settle, now) == TimeSpan.Zero,
                _ => true,
            }).ToList(),
            journal.ToLookAtAgain(context.Account).Where(record => LaunchTiming.IsDueForSecondLook(record, now)).ToList());
    }

    public void Told(IReadOnlyCollection<Guid> intentIds)
    {
        if (intentIds.Count > 0)
            JournalNotes.Note(() => journal.MarkTold(intentIds));
    }

    public void Leave(IReadOnlyCollection<LaunchTicket> tickets)
    {
        if (tickets.Count == 0)
            return;
        foreach (var ticket in tickets)
            ticket.IsLeft = true;
        JournalNotes.Note(() => journal.Release(tickets.Select(static ticket => ticket.IntentId).ToArray()));
    }

    public void Dispose() => _fleetLid?.Dispose();

    private void RefuseWhatWasOverItsLimit(LaunchTicket ticket)
    {
        if (ticket.MaxHourlyCost is not { } limit)
            return;
        decimal? price = BeforeSending(() => journal.EstimatePrice(context.Account, ticket.Request, clock.Now - s_justSeen));
        if (price > limit)
        {
            throw new PulseRunException(ErrorIds.CostLimitExceeded,
                "Nothing was launched: such an instance cost " + Display.PerHour(price.Value) + " when it was last seen, and the limit is " + Display.PerHour(limit) + ".");
        }
    }

    private async Task<Instance> OnceAsync(LaunchTicket ticket, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        var record = new LaunchRecord
        {
            IntentId = ticket.IntentId,
            Request = ticket.Request,
            RequestedAt = clock.Now,
            RequestTimeout = context.Timeout,
            MaxHourlyCost = ticket.MaxHourlyCost,
            MaxFleetCostPerHour = terms.MaxFleetCostPerHour,
            AllowUnknownPrice = terms.AllowUnknownPrice,
            OwnerState = OwnerState.Alive,
        };
        var room = BeforeSending(() => journal.Begin(context.Account, record, fleet));
        if (room.Check != CostCheck.Within)
            throw NoRoom(room, fleet!);
        var noted = new JournalObserver(observer, () => BeforeSending(() =>
        {
            record = record with { SentAt = clock.Now, Sent = clock.Steady };
            journal.MarkSent(record.IntentId, record.SentAt.Value, record.Sent);
        }));
        LaunchAnswer answer;
        try
        {
            answer = await launches.SendAsync(ticket.Request, ticket.IntentId.ToString("D"), noted, cancel);
        }
        catch (Exception) when (!noted.WasSent)
        {
            JournalNotes.Note(() => journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now)));
            throw;
        }
        catch (OperationCanceledException)
        {
            // Open, and free for Resolve-PRLaunch or the next New-PRInstance to finish.
            JournalNotes.Note(() => journal.Release(record.IntentId));
            throw;
        }
#pragma warning disable CA1031 // Whatever it was, the launch is on its way, and that must not be lost over it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer = new Doubtful(new PulseRunException(ErrorIds.UnexpectedError, "Launching " + LaunchCall.Name(ticket.Request) + " failed: " + error.GetType().Name + ": " + error.Message), IsAnswered: false);
        }
        return answer switch
        {
            Launched launched => await KeepAsync(ticket, record, launched.Instance, fleet, observer, cancel),
            Refused refused => throw NotLaunched(record, refused.Error),
            Doubtful doubtful => await FindAsync(ticket, record, doubtful, fleet, observer, cancel),
            _ => throw new NotSupportedException(answer.GetType().Name),
        };
    }

    private async Task<Instance> KeepAsync(LaunchTicket ticket, LaunchRecord record, Instance instance, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        const string matchedBy = "the server's answer";
        ticket.InstanceId = instance.Id;
        bool isOurs = ProcessClaims.TryTake(context.Account, instance.Id, record.IntentId, journal);
        if (isOurs)
        {
            // With limits it is claimed only: closed is what is known to keep them. An intent that is not there any more (its file was set aside) takes nothing from us.
            JournalNotes.Note(() => isOurs = (LimitKeeper.HasLimits(record)
                ? journal.TryClaim(record.IntentId, instance.Id)
                : journal.Close(record.IntentId, LaunchClosing.Launched(instance.Id, matchedBy, clock.Now) with { Price = instance.CostPerHour }))
                || journal.Find(context.Account, record.IntentId) is null);
        }
        if (isOurs)
            return await WithinLimitsAsync(ticket, record, instance, fleet, matchedBy, observer, cancel);
        // An equal launch whose outcome was unknown has taken it for its own: then its own, if there is one, is ours.
        ticket.InstanceId = null;
        var taken = new PulseRunException(ErrorIds.Conflict, "Instance " + instance.Id + " is claimed by another launch.");
        return await FindAsync(ticket, record, new Doubtful(taken, IsAnswered: true), fleet, observer, cancel);
    }

    /// <summary>Finds out what became of a launch whose answer does not tell.</summary>
    private async Task<Instance> FindAsync(LaunchTicket ticket, LaunchRecord sent, Doubtful doubtful, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        var cause = doubtful.Cause;
        var record = sent with { Ended = clock.Steady, IsAnswered = doubtful.IsAnswered };
        JournalNotes.Note(() => journal.MarkEnded(record.IntentId, record.Ended, record.IsAnswered));
        string name = LaunchCall.Name(record.Request);
        observer.Verbose("The outcome of launching " + name + " is unknown: " + cause.Message + " Looking for it in the list.");
        LaunchMatch? finding = null;
        try
        {
            finding = await _detective.FindAsync(record, _seenBefore.Value, observer, cancel);
        }
        finally
        {
            // As long as it is looked for it is ours; what stays open is for any command to find out.
            if (finding?.Kind != LaunchMatchKind.Matched)
                JournalNotes.Note(() => journal.Release(record.IntentId));
        }
        switch (finding.Kind)
        {
            case LaunchMatchKind.Matched:
                ticket.InstanceId = finding.Instance!.Id;
                observer.Warning("The launch of " + name + " ended in an error, but it happened: adopted " + finding.Instance.Id + ", recognised by " + finding.MatchedBy + ".");
                return await WithinLimitsAsync(ticket, record, finding.Instance, fleet, finding.MatchedBy, observer, cancel);
            case LaunchMatchKind.Ended:
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It happened, but instance " + finding.Instance!.Id + " is "
                    + Text.Clean(finding.Instance.Status!, 40) + " already, so nothing is left of it; it is safe to launch again.");
            case LaunchMatchKind.NotLaunched:
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It was not launched; it is safe to launch again.");
            default:
                throw Unknown(record, cause, finding);
        }
    }

    private async Task<Instance> WithinLimitsAsync(LaunchTicket ticket, LaunchRecord record, Instance launched, FleetView? fleet, string? matchedBy, ICallObserver observer, CancellationToken cancel)
    {
        var instance = await WholeAsync(launched, observer, LimitKeeper.HasLimits(record) ? CancellationToken.None : cancel);
        context.Seen.Note(instance);
        JournalNotes.Note(() => journal.RecordPrices(context.Account, [instance], clock.Now));
        if (LimitKeeper.HasLimits(record) && await _limits.HoldAsync(record, instance, fleet, matchedBy, observer) is { } breach)
        {
            ticket.IsGone = breach.IsGone;
            throw breach.Error;
        }
        return instance;
    }

    private PulseRunException NotLaunched(LaunchRecord record, PulseRunException error)
    {
        JournalNotes.Note(() => journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now)));
        return error;
    }

    private static PulseRunException NoRoom(FleetRoom room, FleetView fleet)
    {
        string start = "Nothing was launched: the fleet costs " + Display.PerHour(room.PerHour) + ", ";
        string end = ", and the limit for the fleet is " + Display.PerHour(fleet.Limit) + ".";
        if (room.Check == CostCheck.Exceeded)
            return new PulseRunException(ErrorIds.CostLimitExceeded, start + (room.Adds is { } adds ? "this launch adds about " + Display.PerHour(adds) : "no room is left for it") + end);
        return new PulseRunException(ErrorIds.CostLimitExceeded, start + "the price of " + room.Unpriced.ToString(CultureInfo.InvariantCulture)
            + " of its instances or open launches is not known" + end + " -AllowUnknownPrice counts them as 0.");
    }

    private async Task<FleetView> ReadFleetAsync(decimal limit, ICallObserver observer, CancellationToken cancel)
    {
        var at = clock.Steady;
        var burn = default(Burn);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        await client.ListAsync(null, Take, observer, cancel);
        return new FleetView(limit, burn, listed, at, terms.AllowUnknownPrice);

        void Take(IReadOnlyList<Instance> rows)
        {
            burn += Burn.Of(rows);
            listed.UnionWith(rows.Select(static row => row.Id));
            JournalNotes.Note(() => journal.RecordPrices(context.Account, rows, clock.Now));
        }
    }

    /// <summary>Reads what a launch's answer left out. It has launched: nothing that fails from here on changes that.</summary>
    private async Task<Instance> WholeAsync(Instance launched, ICallObserver observer, CancellationToken cancel)
    {
        if (InstanceMerge.IsWhole(launched, null) || !InstanceIds.IsValid(launched.Id))
            return launched;
        try
        {
            return await client.GetAsync(launched.Id, observer, cancel);
        }
        catch (PulseRunException exception)
        {
            observer.Warning("Instance " + launched.Id + " was launched, but not all about it could be read. " + exception.Message);
            return launched;
        }
    }

    /// <summary>A journal that fails before anything is on its way ends the launch.</summary>
    private static T BeforeSending<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was launched, as the intent could not be written down. " + error.Message);
        }
    }

    private static void BeforeSending(Action work) => BeforeSending(() =>
    {
        work();
        return true;
    });

    private PulseRunException Unknown(LaunchRecord record, PulseRunException cause, LaunchMatch finding)
    {
        string why = finding.Why is null ? "" : ", as " + finding.Why;
        string may = finding.Candidates.Count == 0 ? "" : " It may be " + string.Join(" or ", finding.Candidates.Select(static one => one.Id)) + ".";
        string later = journal.IsShared ? " Resolve-PRLaunch " + record.IntentId + " finds it out later." : "";
        return cause.Rephrase(ErrorIds.LaunchOutcomeUnknown,
            "Whether " + LaunchCall.Name(record.Request) + " was launched is unknown" + why + "." + may + later + " " + cause.Message);
    }
}
