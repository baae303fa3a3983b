using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;

namespace PulseRun.Client.Launch;

/// <summary>Carries out one launch plan. <see cref="PlanRun"/> and <see cref="PlanRules"/> decide; this class attempts, waits and records.</summary>
/// <param name="attempt">Makes one attempt. The ticket says how it ended.</param>
/// <param name="reconciler">Looks once more for an attempt that the list has not shown.</param>
/// <param name="client">The connection.</param>
/// <param name="clock">The clock of the server.</param>
/// <param name="time">The clock of delays.</param>
/// <param name="context">The connection whose account makes the launches.</param>
/// <param name="journal">The journal of the intents.</param>
/// <param name="gate">Lets the attempts of all plans of the command pass.</param>
/// <param name="options">The time that lists may lack an instance.</param>
internal sealed class PlanLauncher(
    Func<LaunchTicket, ICallObserver, CancellationToken, Task<Instance>> attempt, LaunchReconciler reconciler, IPulseRunClient client, ServerClock clock, TimeProvider time, Context context,
    ILaunchJournal journal, PlanGate gate, LaunchOptions options)
{
    /// <summary>Limits the wait until the removal of an instance that was not ready is confirmed.</summary>
    private static readonly TimeSpan s_removal = TimeSpan.FromMinutes(2);

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Launches one of the alternatives, or fails with all attempts in the error.</summary>
    public async Task<Instance> RunAsync(LaunchTicket ticket, PlanRun run, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var step = run.Next(Now, (options.Random ?? Jitter.Next)());
                switch (step.Kind)
                {
                    case LaunchStepKind.Ask:
                        if (await AskAsync(ticket, run, run.Plan.Alternatives[step.Alternative], observer, cancel) is { } instance)
                            return instance;
                        break;
                    case LaunchStepKind.Skip:
                        Skip(ticket, run.Plan.Alternatives[step.Alternative], step.Time, observer);
                        break;
                    case LaunchStepKind.Wait:
                        await WaitAsync(ticket, run, step.Time, observer, cancel);
                        break;
                    default:
                        throw Exhausted(ticket, run);
                }
            }
        }
        catch (PulseRunException error)
        {
            EndWaiting(ticket);
            throw error.Attempts.Count == 0 ? error.After(ticket.Attempts.ToArray()) : error;
        }
        catch (OperationCanceledException)
        {
            EndWaiting(ticket);
            throw;
        }
        finally
        {
            observer.Waiting(null);
        }
    }

    /// <summary>Removes the instance of an attempt that was not ready, and leaves the plan ready for its next attempt.</summary>
    public async Task RemoveAsync(LaunchTicket ticket, Instance notReady, PulseRunException why, LimitKeeper limits, ICallObserver observer)
    {
        long start = time.GetTimestamp();
        observer.Waiting("the removal of " + notReady.Id + ", which was not ready");
        bool isGone = false;
        PulseRunException? failure = null;
        while (!isGone && (failure is null || !IsHopeless(failure)) && time.GetElapsedTime(start) < s_removal)
            (isGone, failure) = await limits.EndAsync(notReady, observer);
        observer.Waiting(null);
        if (!isGone)
        {
            throw why.Rephrase(why.ErrorId, why.Message + " Its removal " + (failure is null ? "was accepted and is not confirmed" : "failed: " + failure.Message.TrimEnd('.'))
                + ", so it may still be billed, and nothing else was launched.").After(ticket.Attempts.ToArray());
        }
        ticket.IsGone = true;
        if (Burn.IsPrice(notReady.CostPerHour))
            ticket.RemovedPerHour += notReady.CostPerHour!.Value;
        Note(ticket, ticket.Attempts[ticket.Attempts.Count - 1].Ended(
            time.GetElapsedTime(ticket.SentTimestamp), why.ErrorId, why.Message + " It was removed.", notReady.Id), replacesLast: true);
        // A plan without another attempt ends here, and its intent stays closed with the instance that is gone.
        BestEffort.Note(() => journal.Close(ticket.IntentId, LaunchClosing.Launched(notReady.Id, "removed: it was not ready in time", clock.Now, isGone: true)));
        if (!TryMoveOn(ticket, notReady.Id, isKept: true))
            throw why.Rephrase(why.ErrorId, why.Message + " It was removed. The plan ends, because its launch is no longer in the journal.").After(ticket.Attempts.ToArray());
        ticket.Plan!.Refusals.Refused(ticket.Request, Now);
        ticket.InstanceId = null;
        ticket.IsGone = false;
        observer.Warning(why.Message + " It was removed, and the plan goes on.");
    }

    private static bool IsHopeless(PulseRunException failure) =>
        failure.ErrorId is ErrorIds.Unauthorized or ErrorIds.Forbidden or ErrorIds.NotConnected or ErrorIds.UntrustedServer or ErrorIds.InvalidRequest or ErrorIds.Conflict;

    /// <summary>Makes one attempt. Returns null when the plan goes on.</summary>
    private Task<Instance?> AskAsync(LaunchTicket ticket, PlanRun run, LaunchRequest request, ICallObserver observer, CancellationToken cancel) => gate.RunAsync(
        request,
        () => run.Refusals.IsOpen(request, Now),
        async () =>
        {
            // Another launch of the command may have been refused while this one waited for its turn.
            if (run.Refusals.RefusedAgo(request, Now, run.Plan.Rest) is { } ago)
            {
                Skip(ticket, request, ago, observer);
                return null;
            }
            return await AttemptAsync(ticket, run, request, observer, cancel);
        },
        cancel);

    private async Task<Instance?> AttemptAsync(LaunchTicket ticket, PlanRun run, LaunchRequest request, ICallObserver observer, CancellationToken cancel)
    {
        ticket.Begin(request);
        observer.Waiting("attempt " + Text(ticket.Attempt) + ": " + Name(request) + Rest(run));
        Note(ticket, PlanAttempt.Of(request, ticket.Attempt, clock.Now), isInJournal: true);
        long start = time.GetTimestamp();
        try
        {
            var instance = await attempt(ticket, observer, cancel);
            run.Refusals.Launched(request, Now);
            End(null, "launched", instance.Id);
            return instance;
        }
        catch (PulseRunException error)
        {
            End(error.ErrorId, error.Message, ticket.InstanceId);
            bool speaks = error.ErrorId == ErrorIds.CapacityUnavailable || Failures.SpeaksOfCapacity(error.Detail);
            if (!PlanRules.MovesOn(ticket.End, error.ErrorId, speaks))
                throw;
            bool isDoubtful = ticket.End == AttemptEnd.ProvenAbsent;
            if (isDoubtful && await LookAgainAsync(ticket, error, observer, cancel) is { } late)
            {
                run.Refusals.Launched(request, Now);
                End(null, "launched, as the list showed later", late.Id);
                return late;
            }
            run.Refusals.Refused(request, Now);
            // An attempt is kept in the journal for the second look of a later command, unless this plan has taken the second look: then it did not happen, and must not compete with the next attempt for an instance.
            if (!TryMoveOn(ticket, null, isDoubtful && options.PlanSettle <= options.Settle))
                throw Lost(ticket, error, isDoubtful);
            ticket.OnAnswered?.Invoke();
            observer.Verbose("Attempt " + Text(ticket.Attempt) + " (" + Name(request) + ") found no capacity. " + error.Message);
            return null;
        }

        void End(string? errorId, string answer, string? instanceId) =>
            Note(ticket, ticket.Attempts[ticket.Attempts.Count - 1].Ended(time.GetElapsedTime(start), errorId, CleanText.Clean(answer, 500), instanceId), replacesLast: true);
    }

    /// <summary>Looks once more for an attempt that the list has not shown, when the list must show it in any case: to launch the next alternative is only safe when this one did not happen.</summary>
    /// <returns>The instance of the attempt; null when nothing was launched.</returns>
    private async Task<Instance?> LookAgainAsync(LaunchTicket ticket, PulseRunException cause, ICallObserver observer, CancellationToken cancel)
    {
        var extra = options.PlanSettle - options.Settle;
        if (extra <= TimeSpan.Zero)
            return null;
        observer.Waiting("the list to show attempt " + Text(ticket.Attempt) + " if it happened, " + Seconds(extra));
        await time.Delay(extra, cancel);
        PulseRun.Launch? found;
        try
        {
            if (journal.Find(context.Account, ticket.IntentId) is not { Outcome: LaunchOutcome.NotLaunched } record)
                throw Lost(ticket, cause, isDoubtful: true);
            found = (await reconciler.ResolveAsync([record], observer, cancel))[0];
        }
        catch (StoreUnavailableException error)
        {
            throw cause.Rephrase(ErrorIds.LaunchOutcomeUnknown, cause.Message + " The plan ends, because the journal fails: " + error.Message);
        }
        if (found.Outcome == LaunchOutcome.NotLaunched)
            return found.Candidates.Count == 0 ? null : throw Stays(AttemptEnd.Ended, cause.ErrorId, " It happened, and its instance has ended.");
        if (found.Outcome == LaunchOutcome.Unknown)
            throw Stays(AttemptEnd.Unknown, ErrorIds.LaunchOutcomeUnknown, " Whether it happened is unknown, so nothing else was launched. Resolve-PRLaunch " + ticket.IntentId + " finds it out later.");
        ticket.InstanceId = found.InstanceId;
        ticket.End = AttemptEnd.Launched;
        observer.Warning("The launch of " + LaunchCall.Name(ticket.Request) + " ended in an error, but it happened: adopted " + found.InstanceId + ", recognised by " + found.MatchedBy + ".");
        return await client.GetAsync(found.InstanceId!, observer, cancel);

        PulseRunException Stays(AttemptEnd end, string errorId, string what)
        {
            ticket.End = end;
            return cause.Rephrase(errorId, cause.Message + what);
        }
    }

    private bool TryMoveOn(LaunchTicket ticket, string? removed, bool isKept)
    {
        try
        {
            return journal.MoveOn(context.Account, ticket.IntentId, new PlanMove(ticket.Attempt, clock.Now, removed, isKept ? KeptAs(ticket) : null));
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Returns the id under which the journal keeps an attempt: the id that it was sent with, unless that is the id of the plan.</summary>
    private static Guid KeptAs(LaunchTicket ticket) => PlanRules.KeyOf(ticket.IntentId, ticket.Attempt > 1 ? ticket.Attempt : int.MaxValue);

    private static PulseRunException Lost(LaunchTicket ticket, PulseRunException error, bool isDoubtful) => isDoubtful
        ? error.Rephrase(ErrorIds.LaunchOutcomeUnknown, error.Message + " The plan ends, because another command decides about its launch " + ticket.IntentId + ", or the journal fails.")
        : error.Rephrase(ErrorIds.JournalUnavailable, "The plan ends, because its launch " + ticket.IntentId + " cannot be kept in the journal; nothing was launched. " + error.Message);

    private void Skip(LaunchTicket ticket, LaunchRequest request, TimeSpan ago, ICallObserver observer)
    {
        string why = "Not asked for: another launch of this command was refused it " + Seconds(ago) + " before.";
        observer.Verbose(Name(request) + ": " + why);
        // One entry for each alternative is enough, and only while no attempt of its own tells more.
        if (!ticket.Attempts.Exists(one => IsOf(one, request)))
            ticket.Attempts.Add(PlanAttempt.Of(request, 0, clock.Now).Ended(TimeSpan.Zero, ErrorIds.CapacityUnavailable, why, null));
    }

    private static bool IsOf(LaunchAttempt attempt, LaunchRequest request) =>
        attempt.Gpu == request.Gpu && attempt.Region == request.Region && attempt.Provider == request.Provider && attempt.Spot == request.Spot;

    private async Task WaitAsync(LaunchTicket ticket, PlanRun run, TimeSpan until, ICallObserver observer, CancellationToken cancel)
    {
        var left = until - Now;
        observer.Waiting("capacity: all " + Text(run.Plan.Alternatives.Count) + " alternatives were refused, next attempt (" + Text(ticket.Attempt + 1) + ") in " + Seconds(left) + Rest(run));
        observer.Verbose("No capacity. The next round begins in " + Seconds(left) + ".");
        // Timers count whole milliseconds, so a wait for a fraction of one would end at once, and before its time.
        await time.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(left.TotalMilliseconds))), cancel);
    }

    /// <summary>Closes the intent when the plan ends between two attempts: nothing is under way then. An attempt that was sent is not touched.</summary>
    private void EndWaiting(LaunchTicket ticket) => BestEffort.Note(() =>
    {
        if (ticket.Attempt > 0 && journal.Find(context.Account, ticket.IntentId) is { IsWaiting: true, Outcome: null })
            journal.Close(ticket.IntentId, LaunchClosing.NotLaunched(clock.Now));
    });

    private static PulseRunException Exhausted(LaunchTicket ticket, PlanRun run)
    {
        var asked = ticket.Attempts.FindAll(static one => one.Number > 0);
        var last = ticket.Attempts.Count == 0 ? null : ticket.Attempts[ticket.Attempts.Count - 1];
        string id = last?.ErrorId ?? ErrorIds.CapacityUnavailable;
        string what = string.Format(
            CultureInfo.InvariantCulture,
            "No instance was launched after {0} at {1}. The last answer: {2}",
            asked.Count == 1 ? "1 attempt" : Text(asked.Count) + " attempts",
            run.Plan.Alternatives.Count == 1 ? "1 alternative" : Text(run.Plan.Alternatives.Count) + " alternatives",
            last?.Answer);
        return new PulseRunException(id, what) { Attempts = ticket.Attempts.ToArray() };
    }

    /// <summary>Keeps an attempt for the error, and writes its answer down.</summary>
    private void Note(LaunchTicket ticket, LaunchAttempt one, bool replacesLast = false, bool isInJournal = false)
    {
        if (replacesLast)
            ticket.Attempts[ticket.Attempts.Count - 1] = one;
        else
            ticket.Attempts.Add(one);
        if (!isInJournal)
            BestEffort.Note(() => journal.NoteAttempt(context.Account, ticket.IntentId, one));
    }

    private string Rest(PlanRun run)
    {
        var left = run.Deadline - Now;
        return run.Plan.RetryFor > TimeSpan.Zero && left > TimeSpan.Zero ? ", goes on for " + Display.Duration(left) : "";
    }

    private static string Name(LaunchRequest request) => CleanText.Clean(
        request.Gpu + ", region " + (request.Region ?? "any") + (request.Provider is null ? "" : ", " + request.Provider) + (request.Spot == true ? ", spot" : ""), 160);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString("0", CultureInfo.InvariantCulture) + " s";
}
