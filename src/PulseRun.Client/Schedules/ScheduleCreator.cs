using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Launch;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using PulseRun.Core.Text;

namespace PulseRun.Client.Schedules;

/// <summary>Creates schedules by the method of launches: it records the intent, sends it once, and finds out from the list what became of a lost answer. <see cref="ScheduleMatcher"/> decides.</summary>
/// <param name="client">The connection.</param>
/// <param name="clock">The clock of the server.</param>
/// <param name="time">The clock of delays.</param>
/// <param name="context">The connection whose account has the schedules.</param>
/// <param name="journal">The journal.</param>
internal sealed class ScheduleCreator(PulseRunClient client, ServerClock clock, TimeProvider time, Context context, IScheduleJournal journal) : IScheduleCreator
{
    /// <summary>The tolerance for timers that fire slightly early, because a look before its time proves nothing.</summary>
    private static readonly TimeSpan s_timerError = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest wait for an earlier creation with the same name, before anything is sent.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    public async Task<PulseRun.Schedule> CreateAsync(ScheduleRequest request, TimeSpan settle, ICallObserver observer, CancellationToken cancel)
    {
        var listed = await FinishEarlierAsync(request, settle, observer, cancel);
        if (listed.Adopted is { } adopted)
            return adopted;
        if (listed.Rows.FirstOrDefault(one => ScheduleMatcher.IsSameName(one.Name, request.Name)) is { } twin)
        {
            throw new PulseRunException(ErrorIds.Conflict, "Nothing was sent: a schedule named '" + request + "' exists already (" + CleanText.Clean(twin.Id, 100) + "). Two schedules with one name would both launch.")
            {
                Field = "Name",
                Advice = "Change it with Set-PRSchedule, remove it with Remove-PRSchedule, or choose another name.",
            };
        }
        var record = new ScheduleRecord
        {
            IntentId = Guid.NewGuid(),
            Request = request with { StartupScript = null },
            RequestedAt = clock.Now,
            RequestTimeout = context.Timeout,
            Before = listed.Rows.Select(static one => one.Id).ToList(),
            OwnerState = OwnerState.Alive,
        };
        if (BeforeSending(() => journal.Begin(context.Account, record)) is { } other)
            throw Busy(other);
        return await OnceAsync(request, record, settle, observer, cancel);
    }

    private async Task<PulseRun.Schedule> OnceAsync(ScheduleRequest request, ScheduleRecord record, TimeSpan settle, ICallObserver observer, CancellationToken cancel)
    {
        // True when the request was sent, so that it may have taken effect. It is sent again only if nothing was sent before.
        bool wasSent = false;
        void MarkSent()
        {
            wasSent = false;
            BeforeSending(() =>
            {
                record = record with { SentAt = clock.Now, Sent = clock.Steady };
                journal.MarkSent(record.IntentId, record.SentAt.Value, record.Sent);
                return true;
            });
            wasSent = true;
        }
        ScheduleAnswer answer;
        try
        {
            answer = await client.SendScheduleAsync(request, record.IntentId.ToString("D"), MarkSent, observer, cancel);
        }
        catch (Exception) when (!wasSent)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, null, clock.Now));
            throw;
        }
        catch (OperationCanceledException)
        {
            // The intent stays open, and the next creation with this name finds the schedule.
            BestEffort.Note(() => journal.Release(record.IntentId));
            throw;
        }
#pragma warning disable CA1031 // The request is under way and must not be lost, whatever the exception is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            answer = new ScheduleAnswer(null, new PulseRunException(ErrorIds.UnexpectedError, "Creating the schedule failed: " + error.GetType().Name + ": " + error.Message), IsAnswered: false, MayExist: true);
        }
        if (answer.Schedule is { } made)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, made.Id, clock.Now));
            return made;
        }
        if (!answer.MayExist)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, null, clock.Now));
            throw answer.Error!;
        }
        record = record with { Ended = clock.Steady, IsAnswered = answer.IsAnswered };
        BestEffort.Note(() => journal.MarkEnded(record.IntentId, record.Ended, record.IsAnswered));
        return await FindAsync(record, answer.Error!, settle, observer, cancel);
    }

    /// <summary>Finds out what became of a schedule whose answer was lost.</summary>
    private async Task<PulseRun.Schedule> FindAsync(ScheduleRecord record, PulseRunException cause, TimeSpan settle, ICallObserver observer, CancellationToken cancel)
    {
        observer.Verbose("The outcome of creating the schedule '" + record.Request + "' is unknown: " + cause.Message + " Looking for it in the list.");
        ScheduleMatch match;
        try
        {
            match = await LookAsync(record, settle, observer, cancel);
            if (match.Kind is ScheduleMatchKind.NotYet or ScheduleMatchKind.Ambiguous && record.Patience(settle, clock.Steady) is var left && left > TimeSpan.Zero)
            {
                await WaitAsync(left, record, observer, cancel);
                match = await LookAsync(record, settle, observer, cancel);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or StoreUnavailableException)
        {
            BestEffort.Note(() => journal.Release(record.IntentId));
            if (error is StoreUnavailableException)
                throw Unknown(record, cause.Message, settle, [], " The journal fails (" + error.Message.TrimEnd('.') + ").");
            throw;
        }
        switch (match.Kind)
        {
            case ScheduleMatchKind.Created:
                observer.Warning("The creation of the schedule '" + record.Request + "' ended in an error, but it happened: adopted " + CleanText.Clean(match.Schedule!.Id, 100) + ", recognised by name, cron, GPU and template.");
                return match.Schedule;
            case ScheduleMatchKind.NotCreated:
                throw cause.Rephrase(cause.ErrorId, cause.Message + " It was not created; it is safe to create it again.");
            default:
                BestEffort.Note(() => journal.Release(record.IntentId));
                throw Unknown(record, cause.Message, settle, match.Candidates, "");
        }
    }

    /// <summary>Lists once, matches one intent, and records a decided result.</summary>
    private async Task<ScheduleMatch> LookAsync(ScheduleRecord record, TimeSpan settle, ICallObserver observer, CancellationToken cancel)
    {
        var at = clock.Steady;
        try
        {
            return Decide(record, await client.GetSchedulesAsync(observer, cancel), settle, at);
        }
        catch (PulseRunException error)
        {
            // A list that fails proves nothing, like a truncated one.
            observer.Verbose("The list that would show the schedule failed: " + error.Message);
            return new ScheduleMatch(ScheduleMatchKind.NotYet, null, []);
        }
    }

    /// <summary>Matches an intent with a list that was requested at a given time, and records a decided result.</summary>
    private ScheduleMatch Decide(ScheduleRecord record, IReadOnlyList<PulseRun.Schedule> listed, TimeSpan settle, SteadyTime at)
    {
        var claimed = journal.Claimed(context.Account);
        while (true)
        {
            bool isSettled = !record.WasSent || record.Left(settle, at) == TimeSpan.Zero;
            var sentAt = record.Sent is { } sent ? clock.TimeAt(sent, sent) : null;
            var match = ScheduleMatcher.Match(record, listed, claimed, sentAt, isSettled);
            if (match.Kind is ScheduleMatchKind.NotYet or ScheduleMatchKind.Ambiguous)
                return match;
            if (journal.Close(record.IntentId, match.Schedule?.Id, clock.Now) || match.Schedule is null)
                return match;
            // Another command has claimed it since, so it is not the result of this one.
            claimed.Add(match.Schedule.Id);
        }
    }

    /// <summary>Lists, and finishes what earlier commands left open. A creation with the same name must be decided before another one is sent.</summary>
    private async Task<Listed> FinishEarlierAsync(ScheduleRequest request, TimeSpan settle, ICallObserver observer, CancellationToken cancel)
    {
        bool hasWaited = false;
        while (true)
        {
            var at = clock.Steady;
            var rows = await client.GetSchedulesAsync(observer, cancel);
            var wait = TimeSpan.Zero;
            foreach (var record in BeforeSending(() => journal.Open(context.Account)))
            {
                bool isSameName = ScheduleMatcher.IsSameName(record.Request.Name, request.Name);
                if (record.OwnerState == OwnerState.Alive)
                {
                    if (isSameName)
                        throw Busy(record);
                    continue;
                }
                if (record.WasSent && at.Since(record.Sent) is null && at.Since(record.FirstMet) is null)
                    BestEffort.Note(() => journal.Meet(record.IntentId, at));
                var match = BeforeSending(() => Decide(record, rows, settle, at));
                if (match.Kind == ScheduleMatchKind.Created)
                {
                    observer.Warning("An earlier command created the schedule '" + record.Request + "' (" + CleanText.Clean(match.Schedule!.Id, 100) + "), and its answer was lost.");
                    if (isSameName && ScheduleRecord.AreAlike(record.Request, request))
                        return new Listed(rows, match.Schedule);
                }
                if (!isSameName || match.Kind is ScheduleMatchKind.Created or ScheduleMatchKind.NotCreated)
                    continue;
                wait = record.Left(settle, clock.Steady);
                if (hasWaited || wait == TimeSpan.Zero || wait > s_longestWait)
                    throw Unknown(record, "Nothing was sent: an earlier command sent a schedule named '" + record.Request + "', and its outcome is unknown.", settle, match.Candidates, "");
            }
            if (wait == TimeSpan.Zero)
                return new Listed(rows, null);
            hasWaited = true;
            observer.Waiting("an earlier creation of this schedule to be decided, " + Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
            await time.Delay(wait + s_timerError, cancel);
            observer.Waiting(null);
        }
    }

    private async Task WaitAsync(TimeSpan left, ScheduleRecord record, ICallObserver observer, CancellationToken cancel)
    {
        observer.Waiting("the list to show the schedule '" + record.Request + "', " + Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s");
        await time.Delay(left + s_timerError, cancel);
        observer.Waiting(null);
    }

    /// <summary>Runs a journal operation before anything is sent; its failure prevents the request.</summary>
    private static T BeforeSending<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was sent, as the intent could not be written down. " + error.Message);
        }
    }

    private static PulseRunException Busy(ScheduleRecord other) => new(
        ErrorIds.Conflict, "Nothing was sent: another command is creating a schedule named '" + other.Request + "' right now.")
    {
        Field = "Name",
        Advice = "Wait until the other command has ended, then look with Get-PRSchedule.",
    };

    private PulseRunException Unknown(ScheduleRecord record, string cause, TimeSpan settle, IReadOnlyList<PulseRun.Schedule> candidates, string why)
    {
        string may = candidates.Count == 0 ? "" : " It may be " + string.Join(" or ", candidates.Select(static one => CleanText.Clean(one.Id, 100) + " (" + CleanText.Clean(one.Name ?? "no name", 60) + ")")) + ".";
        var left = record.Left(settle, clock.Steady);
        string later = left > TimeSpan.Zero ? " In " + Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s the list decides it." : "";
        return new PulseRunException(ErrorIds.ScheduleOutcomeUnknown, cause + why + " The schedule '" + record.Request + "' may have been created." + may + later + " New-PRSchedule with this name looks again, and sends nothing until it is decided.");
    }

    /// <param name="Rows">The schedules in the list.</param>
    /// <param name="Adopted">The schedule that an earlier, equal command created; null otherwise.</param>
    private sealed record Listed(IReadOnlyList<PulseRun.Schedule> Rows, PulseRun.Schedule? Adopted);
}
