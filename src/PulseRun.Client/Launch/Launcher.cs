using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;

namespace PulseRun.Client.Launch;

/// <summary>Makes the launches of one command: records the intent, sends it once, and determines an unknown outcome or reports it as unknown.</summary>
/// <param name="client">The connection.</param>
/// <param name="launches">Sends a launch.</param>
/// <param name="clock">The clock of the server.</param>
/// <param name="time">The clock of delays.</param>
/// <param name="context">The connection whose account makes the launches.</param>
/// <param name="seen">Receives the instances that launches become, and knows the instances that existed before.</param>
/// <param name="journal">The journal of the user, or an in-memory one with -NoJournal.</param>
/// <param name="claims">The instances that this process has claimed.</param>
/// <param name="options">The cost limit of the fleet and the settle time.</param>
internal sealed class Launcher(IPulseRunClient client, LaunchCall launches, ServerClock clock, TimeProvider time, Context context, IInstanceObserver seen, ILaunchJournal journal, ProcessClaims claims, LaunchOptions options) : ILauncher
{
    /// <summary>The age up to which a recorded price counts as current. A launch whose current price is above its limit is not sent.</summary>
    private static readonly TimeSpan s_justSeen = TimeSpan.FromHours(1);

    /// <summary>The age up to which a plan that has waited uses a list that was read for a limit on the fleet's cost.</summary>
    private static readonly TimeSpan s_listIsFresh = TimeSpan.FromSeconds(30);

    private readonly LaunchReconciler _reconciler = new(client, clock, time, context, journal, claims, options.Settle) { TrustsWallClock = options.TrustsWallClock };
    private readonly LimitKeeper _limits = new(client, clock, time, context, journal);
    private readonly PlanGate _gate = new(options.AtOnce);
    private readonly Lazy<HashSet<string>> _seenBefore = new(() => new HashSet<string>(seen.Ids, StringComparer.Ordinal));
    private FleetCostLimit? _fleetLimit;

    public async Task<Instance> LaunchAsync(LaunchTicket ticket, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            // Instances that this process has seen by now cannot be the result of later launches.
            _ = _seenBefore.Value;
            return ticket.Plan is { } run
                ? await Plans().RunAsync(ticket, run, observer, cancel)
                : await AttemptAsync(ticket, observer, cancel);
        }
        finally
        {
            // The command ended before the launch. Release the launch, so that it does not look like that of a running command.
            if (ticket.IsLeft)
                BestEffort.Note(() => journal.Release(ticket.IntentId));
        }
    }

    public async Task<IReadOnlyList<PulseRun.Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> records, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await _reconciler.ResolveAsync(records, observer, cancel);
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
        var untold = journal.Untold(context.Account);
        // Another host's clock readings cannot be compared: from now on this one counts.
        foreach (var record in untold.Where(record => record is { OwnerState: OwnerState.Elsewhere, FirstMet: null } && now.Since(record.Sent) is null))
            BestEffort.Note(() => journal.Meet(record.IntentId, now));
        return new LaunchesLeft(
            open.Where(static record => record.OwnerState != OwnerState.Alive).ToList(),
            open.Where(static record => record.OwnerState == OwnerState.Alive).ToList(),
            // A command on another host may be about to write its instance, so it gets the time that a launch takes.
            untold.Where(record => record.OwnerState switch
            {
                OwnerState.Alive => false,
                OwnerState.Elsewhere => LaunchTiming.Left(record, options.Settle, now) == TimeSpan.Zero,
                _ => true,
            }).ToList(),
            journal.ToLookAtAgain(context.Account).Where(record => LaunchTiming.IsDueForSecondLook(record, now)).ToList());
    }

    public void Told(IReadOnlyCollection<Guid> intentIds)
    {
        if (intentIds.Count > 0)
            BestEffort.Note(() => journal.MarkTold(intentIds));
    }

    public void Leave(IReadOnlyCollection<LaunchTicket> tickets)
    {
        if (tickets.Count == 0)
            return;
        foreach (var ticket in tickets)
            ticket.IsLeft = true;
        BestEffort.Note(() => journal.Release(tickets.Select(static ticket => ticket.IntentId).ToArray()));
    }

    public void Dispose()
    {
        _fleetLimit?.Dispose();
        _gate.Dispose();
    }

    /// <summary>Makes one attempt: a launch of one alternative, within its limits.</summary>
    private async Task<Instance> AttemptAsync(LaunchTicket ticket, ICallObserver observer, CancellationToken cancel)
    {
        RefuseWhatWasOverItsLimit(ticket);
        if (options.MaxFleetCostPerHour is not { } limit)
            return await OnceAsync(ticket, null, observer, cancel);
        var fleet = LazyInitializer.EnsureInitialized(ref _fleetLimit, static () => new FleetCostLimit())!;
        return await fleet.RunAsync(
            ticket,
            () => ReadFleetAsync(limit, observer, cancel),
            view => OnceAsync(ticket, view with { Burn = view.Burn + new Burn(ticket.RemovedPerHour, 0, 0) }, observer, cancel),
            view => ticket.Attempt > 1 && !(clock.Steady.Since(view.At) < s_listIsFresh),
            cancel);
    }

    public async Task RemoveForNextAsync(LaunchTicket ticket, Instance notReady, PulseRunException why, ICallObserver observer)
    {
        await Plans().RemoveAsync(ticket, notReady, why, _limits, observer);
        _fleetLimit?.Forget();
    }

    private PlanLauncher Plans() => new(AttemptAsync, _reconciler, client, clock, time, context, journal, _gate, options);

    private void RefuseWhatWasOverItsLimit(LaunchTicket ticket)
    {
        if (ticket.MaxHourlyCost is not { } limit)
            return;
        decimal? price = BeforeSending(() => journal.EstimatePrice(context.Account, ticket.Request, clock.Now - s_justSeen));
        if (price > limit)
        {
            throw new PulseRunException(ErrorIds.CostLimitExceeded,
                "Nothing was launched: such an instance cost " + Display.PerHour(price.Value) + " when it was last seen, and the limit is " + Display.PerHour(limit) + ".") { Field = nameof(LaunchTicket.MaxHourlyCost) };
        }
    }

    private async Task<Instance> OnceAsync(LaunchTicket ticket, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        var record = new LaunchRecord
        {
            IntentId = ticket.IntentId,
            Request = ticket.Request,
            Origin = OriginOf(context),
            RequestedAt = clock.Now,
            RequestTimeout = context.Timeout,
            MaxHourlyCost = ticket.MaxHourlyCost,
            MaxFleetCostPerHour = options.MaxFleetCostPerHour,
            AllowUnknownPrice = options.AllowUnknownPrice,
            OwnerState = OwnerState.Alive,
            Note = ticket.Note,
            Budgets = ticket.Budgets,
            Attempt = ticket.Attempt,
        };
        var room = BeforeSending(() => journal.Begin(context.Account, record, fleet));
        if (room.Refusal is { } refusal)
            throw refusal;
        if (room.Check != CostCheck.Within)
            throw NoRoom(room, fleet!);
        // True when the launch was sent, so that it may have taken effect. It is reset for each transmission, because a launch is sent again only if nothing was sent before.
        bool wasSent = false;
        void MarkSent()
        {
            wasSent = false;
            BeforeSending(() =>
            {
                record = record with { SentAt = clock.Now, Sent = clock.Steady };
                journal.MarkSent(record.IntentId, record.SentAt.Value, record.Sent);
            });
            ticket.SentTimestamp = time.GetTimestamp();
            wasSent = true;
        }
        LaunchAnswer answer;
        try
        {
            answer = await launches.SendAsync(ticket.Request, PlanRules.KeyOf(ticket.IntentId, ticket.Attempt).ToString("D"), MarkSent, observer, cancel);
        }
        catch (Exception) when (!wasSent)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now)));
            throw;
        }
        catch (OperationCanceledException)
        {
            // A server that did not answer for so long that a person cancelled the command is treated like one that did not answer within the timeout. After a shorter wait, it is likely to complete the launch after the cancellation.
            var now = clock.Steady;
            if (now.Since(record.Sent) > LaunchEvidence.Short)
                BestEffort.Note(() => journal.MarkEnded(record.IntentId, now, isAnswered: false));
            // The launch stays open for Resolve-PRLaunch or the next New-PRInstance.
            BestEffort.Note(() => journal.Release(record.IntentId));
            throw;
        }
#pragma warning disable CA1031 // The launch is under way and must not be lost, whatever the exception is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer = new Indeterminate(new PulseRunException(ErrorIds.UnexpectedError, "Launching " + LaunchCall.Name(ticket.Request) + " failed: " + error.GetType().Name + ": " + error.Message), IsAnswered: false);
        }
        return answer switch
        {
            Launched launched => await KeepAsync(ticket, record, launched.Instance, fleet, observer, cancel),
            Rejected rejected => throw NotLaunched(ticket, record, rejected.Error),
            Indeterminate indeterminate => await FindAsync(ticket, record, indeterminate, fleet, observer, cancel),
            _ => throw new NotSupportedException(answer.GetType().Name),
        };
    }

    private async Task<Instance> KeepAsync(LaunchTicket ticket, LaunchRecord record, Instance instance, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        const string matchedBy = "the server's answer";
        ticket.InstanceId = instance.Id;
        bool isOurs = claims.TryTake(context.Account, instance.Id, record.IntentId, journal);
        if (isOurs)
        {
            // A launch with limits is only claimed here; it is closed when the limits are known to hold. If the intent is missing (its file was set aside), the instance is still this launch's.
            BestEffort.Note(() => isOurs = (LimitKeeper.HasLimits(record)
                ? journal.TryClaim(record.IntentId, instance.Id)
                : journal.Close(record.IntentId, LaunchClosing.Launched(instance.Id, matchedBy, clock.Now) with { Price = instance.CostPerHour }))
                || journal.Find(context.Account, record.IntentId) is null);
        }
        if (isOurs)
            return await WithinLimitsAsync(ticket, record, instance, fleet, matchedBy, observer, cancel);
        // An equal launch with an unknown outcome has claimed the instance. If that launch created another one, it belongs to this launch.
        ticket.InstanceId = null;
        var taken = new PulseRunException(ErrorIds.Conflict, "Instance " + instance.Id + " is claimed by another launch.");
        return await FindAsync(ticket, record, new Indeterminate(taken, IsAnswered: true), fleet, observer, cancel);
    }

    /// <summary>Determines the outcome of a launch whose answer does not show it.</summary>
    private async Task<Instance> FindAsync(LaunchTicket ticket, LaunchRecord sent, Indeterminate indeterminate, FleetView? fleet, ICallObserver observer, CancellationToken cancel)
    {
        var cause = indeterminate.Cause;
        var record = sent with { Ended = clock.Steady, IsAnswered = indeterminate.IsAnswered };
        BestEffort.Note(() => journal.MarkEnded(record.IntentId, record.Ended, record.IsAnswered));
        string name = LaunchCall.Name(record.Request);
        observer.Verbose("The outcome of launching " + name + " is unknown: " + cause.Message + " Looking for it in the list.");
        LaunchMatch? finding = null;
        try
        {
            finding = await _reconciler.FindAsync(record, _seenBefore.Value, ticket.Plan is not null, observer, cancel);
        }
        finally
        {
            // This process owns the launch while it looks for it; a launch that stays open is for any command to resolve.
            if (finding?.Kind != LaunchMatchKind.Matched)
                BestEffort.Note(() => journal.Release(record.IntentId));
        }
        switch (finding.Kind)
        {
            case LaunchMatchKind.Matched:
                ticket.InstanceId = finding.Instance!.Id;
                observer.Warning("The launch of " + name + " ended in an error, but it happened: adopted " + finding.Instance.Id + ", recognised by " + finding.MatchedBy + ".");
                return await WithinLimitsAsync(ticket, record, finding.Instance, fleet, finding.MatchedBy, observer, cancel);
            case LaunchMatchKind.Ended:
                ticket.End = AttemptEnd.Ended;
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It happened, but instance " + finding.Instance!.Id + " is "
                    + CleanText.Clean(finding.Instance.Status!, 40) + " already, so nothing is left of it; it is safe to launch again.");
            case LaunchMatchKind.NotLaunched:
                ticket.End = AttemptEnd.ProvenAbsent;
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It was not launched; it is safe to launch again.");
            default:
                ticket.End = AttemptEnd.Unknown;
                throw Unknown(record, cause, finding);
        }
    }

    private async Task<Instance> WithinLimitsAsync(LaunchTicket ticket, LaunchRecord record, Instance launched, FleetView? fleet, string? matchedBy, ICallObserver observer, CancellationToken cancel)
    {
        var instance = await WholeAsync(launched, observer, LimitKeeper.HasLimits(record) ? CancellationToken.None : cancel);
        seen.Note(instance);
        BestEffort.Note(() => journal.RecordPrices(context.Account, [instance], clock.Now));
        if (LimitKeeper.HasLimits(record) && await _limits.HoldAsync(record, instance, fleet, matchedBy, observer) is { } breach)
        {
            ticket.IsGone = breach.IsGone;
            ticket.End = AttemptEnd.OverLimit;
            throw breach.Error;
        }
        return instance;
    }

    /// <summary>Returns the address and the profile of a connection, without anything else that an address can contain.</summary>
    private static string OriginOf(Context context)
    {
        string address = context.BaseUri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        return context.Profile is null ? address : context.Profile + " (" + address + ")";
    }

    private PulseRunException NotLaunched(LaunchTicket ticket, LaunchRecord record, PulseRunException error)
    {
        ticket.End = AttemptEnd.Rejected;
        // A plan that goes on does not close its intent, so that after a kill it is found.
        if (ticket.Plan is null || !PlanRules.MovesOn(ticket.End, error.ErrorId, speaksOfCapacity: true))
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.NotLaunched(clock.Now)));
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
        return new FleetView(limit, burn, listed, at, options.AllowUnknownPrice);

        void Take(IReadOnlyList<Instance> rows)
        {
            burn += Burn.Of(rows);
            listed.UnionWith(rows.Select(static row => row.Id));
            BestEffort.Note(() => journal.RecordPrices(context.Account, rows, clock.Now));
        }
    }

    /// <summary>Reads what the answer to a launch left out. The launch has succeeded, so a failure here is only a warning.</summary>
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

    /// <summary>Runs a journal operation before anything is sent; its failure prevents the launch.</summary>
    private static T BeforeSending<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was launched, as the intent could not be written down. " + error.Message) { Advice = error.Advice };
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
