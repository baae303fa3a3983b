using System;
using System.Collections.Generic;
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

/// <summary>The launches of one command: intent first, sent once, and a doubt is cleared up or said.</summary>
/// <param name="client">The connection.</param>
/// <param name="launches">Sends one.</param>
/// <param name="clock">The server's.</param>
/// <param name="time">What delays are counted by.</param>
/// <param name="context">Whose launches.</param>
/// <param name="journal">The user's own; a passing one with -NoJournal.</param>
/// <param name="terms">The fleet's lid, and patience.</param>
internal sealed class Launcher(IPulseRunClient client, LaunchCall launches, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal, LaunchTerms terms) : ILauncher, IDisposable
{
    private readonly LaunchDetective _detective = new(client, clock, time, context, journal, terms.Settle);
    private FleetLid? _fleetLid;

    public async Task<Instance> LaunchAsync(LaunchRequest request, decimal? maxHourlyCost, ICallObserver observer, CancellationToken cancel)
    {
        if (LaunchRules.Check(request) is { } refusal)
            throw refusal;
        if (terms.MaxFleetCostPerHour is not { } lid)
            return await OnceAsync(request, maxHourlyCost, observer, cancel);
        var fleet = LazyInitializer.EnsureInitialized(ref _fleetLid, () => new FleetLid(lid))!;
        return await fleet.RunAsync(
            () => ReadBurnAsync(observer, cancel),
            () => BeforeSending(() => journal.EstimatePrice(context.Account, request)),
            () => OnceAsync(request, maxHourlyCost, observer, cancel),
            (instance, why) => TerminateAsync(instance, why, observer),
            cancel);
    }

    public async Task<IReadOnlyList<Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> open, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await _detective.ResolveAsync(open, observer, cancel);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "What became of earlier launches cannot be written down, so they stay open. " + error.Message);
        }
    }

    public void Dispose() => _fleetLid?.Dispose();

    private async Task<Instance> OnceAsync(LaunchRequest request, decimal? maxHourlyCost, ICallObserver observer, CancellationToken cancel)
    {
        var intent = Guid.NewGuid();
        var begun = clock.Now;
        var sent = begun;
        BeforeSending(() => journal.Begin(context.Account, intent, request, begun));
        var noted = new JournalObserver(observer, () => BeforeSending(() => journal.MarkSent(intent, sent = clock.Now)));
        LaunchAnswer answer;
        try
        {
            answer = await launches.SendAsync(request, intent.ToString("D"), noted, cancel);
        }
        catch (Exception) when (!noted.WasSent)
        {
            JournalNotes.Note(() => journal.Close(intent, LaunchOutcome.NotLaunched, null, null, clock.Now));
            throw;
        }
        catch (OperationCanceledException)
        {
            // Open, and free for Resolve-PRLaunch or the next New-PRInstance to finish.
            JournalNotes.Note(() => journal.Release(intent));
            throw;
        }
#pragma warning disable CA1031 // Whatever it was, the launch is on its way, and that must not be lost over it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer = new Doubtful(new PulseRunException(ErrorIds.UnexpectedError, "Launching " + LaunchCall.Name(request) + " failed: " + error.GetType().Name + ": " + error.Message));
        }
        var record = new LaunchRecord { IntentId = intent, Request = request, RequestedAt = begun, SentAt = sent, OwnerState = OwnerState.Alive };
        var instance = answer switch
        {
            Launched launched => await KeepAsync(record, launched.Instance, observer, cancel),
            Refused refused => throw NotLaunched(intent, refused.Error),
            _ => await FindAsync(record, ((Doubtful)answer).Cause, observer, cancel),
        };
        context.Seen.Note(instance);
        JournalNotes.Note(() => journal.RecordPrices(context.Account, [instance], clock.Now));
        return await WithinHourlyLidAsync(instance, maxHourlyCost, observer);
    }

    private async Task<Instance> KeepAsync(LaunchRecord record, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        bool isOurs = true;
        // An intent that is not there any more (its file was set aside) takes nothing from us.
        JournalNotes.Note(() => isOurs = journal.Close(record.IntentId, LaunchOutcome.Launched, instance.Id, "the server's answer", clock.Now)
            || journal.Find(context.Account, record.IntentId) is null);
        // An equal launch whose outcome was in doubt has taken it for its own: then its own, if there is one, is ours.
        return isOurs
            ? await WholeAsync(instance, observer, cancel)
            : await FindAsync(record, new PulseRunException(ErrorIds.Conflict, "Instance " + instance.Id + " is claimed by another launch."), observer, cancel);
    }

    /// <summary>Clears a doubt up.</summary>
    private async Task<Instance> FindAsync(LaunchRecord record, PulseRunException cause, ICallObserver observer, CancellationToken cancel)
    {
        string name = LaunchCall.Name(record.Request);
        observer.Verbose("Launching " + name + " ended in doubt: " + cause.Message + " Looking for it in the list.");
        LaunchMatch finding;
        try
        {
            finding = await _detective.FindAsync(record, observer, cancel);
        }
        finally
        {
            // As long as it is looked for it is ours; what stays open is for anybody to find out.
            JournalNotes.Note(() => journal.Release(record.IntentId));
        }
        switch (finding.Kind)
        {
            case LaunchMatchKind.Matched:
                observer.Warning("The launch of " + name + " ended in an error, but it happened: adopted " + finding.Instance!.Id + ", recognised by " + finding.MatchedBy + ".");
                return await WholeAsync(finding.Instance, observer, cancel);
            case LaunchMatchKind.NotLaunched:
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It was not launched; it is safe to launch again.");
            default:
                throw Unknown(record, cause, finding);
        }
    }

    private PulseRunException NotLaunched(Guid intent, PulseRunException error)
    {
        JournalNotes.Note(() => journal.Close(intent, LaunchOutcome.NotLaunched, null, null, clock.Now));
        return error;
    }

    private async Task<Instance> WithinHourlyLidAsync(Instance instance, decimal? lid, ICallObserver observer)
    {
        switch (LaunchLids.Hourly(instance.CostPerHour, lid))
        {
            case CostCheck.Exceeded:
                throw await TerminateAsync(instance, "it costs " + Display.PerHour(instance.CostPerHour!.Value) + ", and the limit is " + Display.PerHour(lid!.Value), observer);
            case CostCheck.PriceUnknown:
                throw await TerminateAsync(instance, "the server names no price, and the limit is " + Display.PerHour(lid!.Value), observer);
            default:
                return instance;
        }
    }

    /// <summary>Ends what is too dear. Not to be cancelled: it burns.</summary>
    private async Task<PulseRunException> TerminateAsync(Instance instance, string why, ICallObserver observer)
    {
        try
        {
            await client.RemoveAsync(instance.Id, instance, observer, CancellationToken.None);
            return new PulseRunException(ErrorIds.CostLimitExceeded, "Instance " + instance.Id + " was launched and terminated at once: " + why + ".");
        }
        catch (PulseRunException error)
        {
            return new PulseRunException(ErrorIds.CostLimitExceeded,
                "Instance " + instance.Id + " was launched and IS STILL THERE: " + why + ", and terminating it failed. " + error.Message);
        }
    }

    private async Task<Burn> ReadBurnAsync(ICallObserver observer, CancellationToken cancel)
    {
        var burn = default(Burn);
        await client.ListAsync(null, Take, observer, cancel);
        return burn;

        void Take(IReadOnlyList<Instance> rows)
        {
            burn += Burn.Of(rows);
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
        string later = journal is PassingJournal ? "" : " Resolve-PRLaunch " + record.IntentId + " finds it out later.";
        return cause.Rephrase(ErrorIds.LaunchOutcomeUnknown,
            "Whether " + LaunchCall.Name(record.Request) + " was launched is unknown" + why + "." + may + later + " " + cause.Message);
    }
}
