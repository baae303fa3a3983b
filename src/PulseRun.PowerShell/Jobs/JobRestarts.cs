using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Starts jobs again whose spot instance is lost. The instance is read until it is proven to be gone, so that a job never runs on two instances.</summary>
/// <param name="context">The connection.</param>
/// <param name="spec">The specification of the job.</param>
/// <param name="launcher">Launches; null for an instance that existed before.</param>
/// <param name="write">Stores the job.</param>
/// <param name="observer">Receives warnings and waits.</param>
internal sealed class JobRestarts(Context context, JobSpec spec, ILauncher? launcher, Func<JobRecord, JobRecord> write, ICallObserver observer)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    /// <summary>Limits the time for which it may remain unknown whether an instance is lost.</summary>
    private static readonly TimeSpan s_patience = SpotRestart.LeftToServer + TimeSpan.FromMinutes(5);

    /// <summary>Launches an instance.</summary>
    /// <exception cref="PulseRunException">The launch failed.</exception>
    public static async Task<Instance> LaunchAsync(ILauncher launcher, LaunchTicket ticket, ICallObserver observer, CancellationToken cancel)
    {
        ticket.OnAnswered = () => (observer as Running.CallObserver)?.Answered();
        try
        {
            Instance instance = await launcher.LaunchAsync(ticket, observer, cancel).ConfigureAwait(false);
            ticket.OnAnswered();
            return instance;
        }
        catch (PulseRunException error) when (ticket.OverPrice is not null && error is { ErrorId: ErrorIds.CostLimitExceeded, Field: nameof(LaunchTicket.MaxHourlyCost) })
        {
            throw ticket.OverPrice(error);
        }
    }

    /// <summary>Starts a job again on a new instance, if its spot instance is lost. Returns the job with the new instance; null when the job is not started again. If a lost job cannot be started again, <see cref="JobRun.GaveUp"/> has the reason.</summary>
    /// <param name="job">The job, on an instance that seems not to run any more.</param>
    /// <param name="run">The attempts of the job so far.</param>
    /// <param name="watch">Watches the instance.</param>
    /// <param name="cancel">Ends the wait, or the launch.</param>
    public async Task<(JobRecord Job, Instance Instance)?> TryAsync(JobRecord job, JobRun run, SpotWatch watch, CancellationToken cancel)
    {
        try
        {
            SpotStep step = await DecideAsync(job, watch, cancel).ConfigureAwait(false);
            // On an instance that runs, the failure has another reason.
            if (step.Kind == SpotStepKind.Alive && InstanceStatus.Is(watch.Instance.Status, InstanceStatus.Running))
                return null;
            string? why = step.Kind is SpotStepKind.Restart or SpotStepKind.Replaced ? WhyNot(job, run) : step.Why ?? "it is not lost: it is " + (watch.Instance.Status ?? "in an unknown state");
            if (why is null && !await IsGoneAsync(job, step, cancel).ConfigureAwait(false))
                why = "the server does not confirm that '" + job.InstanceId + "' is gone";
            if (why is not null)
            {
                run.GaveUp = " The job is not started again: " + why + ".";
                return null;
            }
            observer.Warning(string.Format(CultureInfo.InvariantCulture, "Job '{0}': its spot instance '{1}' was lost. The job is started again (restart {2} of {3}).", job.Name, job.InstanceId, watch.Restarts + 1, spec.MaxRestarts));
            run.Lost(run.Instance!, context.UtcNow);
            run.Began = context.UtcNow;
            job = job with { Directory = ".pulserun/jobs/" + job.JobId + "-" + (watch.Restarts + 1).ToString(CultureInfo.InvariantCulture), StartedAt = null, OutOffset = 0, ErrOffset = 0 };
            (job, Instance next) = step.Replacement is { } replacement ? (Adopt(job, replacement), replacement) : await LaunchAgainAsync(job, run, cancel).ConfigureAwait(false);
            watch.Restarted(next);
            return (job, next);
        }
        catch (PulseRunException error)
        {
            run.GaveUp = " The job is not started again: " + error.Message;
            return null;
        }
    }

    private async Task<SpotStep> DecideAsync(JobRecord job, SpotWatch watch, CancellationToken cancel)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            SpotStep step = await watch.LookAsync(observer, cancel).ConfigureAwait(false);
            // An instance that is being terminated is not lost yet, and one that runs never was.
            bool isEnding = step.Kind == SpotStepKind.Alive && InstanceStatus.Is(watch.Instance.Status, InstanceStatus.Terminating);
            if (!isEnding && step.Kind != SpotStepKind.Wait)
                return step;
            if (waited.Elapsed > s_patience)
                return new SpotStep(SpotStepKind.GiveUp, Why: "whether '" + job.InstanceId + "' is lost is unknown: " + (step.Why ?? "it is still " + InstanceStatus.Terminating));
            observer.Waiting("what became of " + job.InstanceId + (step.Why is null ? "" : " (" + step.Why + ")"));
            await Task.Delay(s_pause, cancel).ConfigureAwait(false);
            observer.Waiting(null);
        }
    }

    /// <summary>Returns why another instance is not wanted, although this one is lost; null when it is.</summary>
    private string? WhyNot(JobRecord job, JobRun run)
    {
        if (context.UtcNow >= job.ExpiresAt)
            return "its lifetime is over";
        if (run.IsAtBudget(run.Instance!, context.UtcNow))
            return "the instance has reached -BudgetLimit";
        try
        {
            if (Stores.Current.Notes.Get(context.Service, job.InstanceId) is { WasRemoved: true })
                return "'" + job.InstanceId + "' was removed by a command";
            if (Stores.Current.Jobs.All(context.Account).FirstOrDefault(one => one.JobId == job.JobId) is { IsOver: true })
                return "another command has ended it";
        }
        catch (StoreUnavailableException error)
        {
            // The job is not started again, because its launch would need the store too.
            return error.Message;
        }
        return null;
    }

    /// <summary>Returns true when the server confirms that the instance of the job does not exist any more. A failed one is removed first, if that is what the job does with it.</summary>
    private async Task<bool> IsGoneAsync(JobRecord job, SpotStep step, CancellationToken cancel)
    {
        bool isGone = await GiveBack.RunAsync(context, job.InstanceId, JobEnd.Keep, observer, cancel).ConfigureAwait(false) == true
            || (job.AtEnd == JobEnd.Remove && await GiveBack.RunAsync(context, job.InstanceId, JobEnd.Remove, observer, cancel).ConfigureAwait(false) == true);
        // The name is for the next instance. The note of a lost one moves to the instance that replaces it.
        if (isGone && step.Kind == SpotStepKind.Restart)
            GiveBack.MarkRemoved(context, job.InstanceId);
        return isGone;
    }

    private async Task<(JobRecord Job, Instance Instance)> LaunchAgainAsync(JobRecord job, JobRun run, CancellationToken cancel)
    {
        LaunchTicket ticket = await spec.Again!(observer, cancel).ConfigureAwait(false);
        JobRecord lost = job;
        job = write(job with { InstanceId = "", IntentId = ticket.IntentId, State = JobState.Launching, ExpiresAt = context.UtcNow + spec.Lifetime });
        try
        {
            return (job, await LaunchAsync(launcher!, ticket, observer, cancel).ConfigureAwait(false));
        }
        catch (PulseRunException)
        {
            write(lost);
            throw;
        }
        finally
        {
            run.Add(ticket);
        }
    }

    /// <summary>Takes over the instance that the server launched in place of a lost one, with the note that limits its life.</summary>
    private JobRecord Adopt(JobRecord job, Instance replacement)
    {
        try
        {
            Stores.Current.Notes.Move(NoteScope.Of(context), job.InstanceId, replacement.Id, context.UtcNow);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "'" + replacement.Id + "', which the server launched in its place, has no lifetime and is billed. " + error.Message);
        }
        catch (PulseRunException error)
        {
            throw error.Rephrase(error.ErrorId, "'" + replacement.Id + "', which the server may have launched in its place, is billed. " + error.Message);
        }
        return job;
    }
}
