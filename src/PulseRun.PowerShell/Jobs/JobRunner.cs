using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Runs jobs from their launch to the end of their instance. Whatever fails, the instance is given back or named.</summary>
/// <param name="context">The connection.</param>
/// <param name="ssh">The ssh client.</param>
/// <param name="onLine">Receives each line of output, with the name of the job and true for standard error.</param>
internal sealed class JobRunner(Context context, SshClient ssh, Action<string, string, bool> onLine)
{
    /// <summary>Limits the time for which a ready instance may refuse ssh connections.</summary>
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    private readonly JobFiles _files = new(context, ssh);
    private readonly ConcurrentDictionary<string, JobRecord> _open = new(StringComparer.Ordinal);

    /// <summary>Gets the jobs that have an instance and no end yet.</summary>
    public IReadOnlyList<JobRecord> Open => [.. _open.Values.Where(static job => job.InstanceId.Length > 0)];

    /// <summary>Runs a job to its end. With -Detach, returns when the command runs.</summary>
    /// <returns>The <see cref="JobResult"/>, or with -Detach the <see cref="Job"/>.</returns>
    public async Task<object> RunAsync(JobSpec spec, ILauncher? launcher, ICallObserver observer, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        DateTimeOffset begun = context.UtcNow;
        string id = "job_" + Guid.NewGuid().ToString("N").Remove(12);
        var job = new JobRecord
        {
            JobId = id,
            Name = spec.Name,
            InstanceId = spec.Target?.Id ?? "",
            IntentId = spec.Ticket?.IntentId,
            Command = spec.Command,
            Directory = ".pulserun/jobs/" + id,
            Download = spec.Download,
            Destination = spec.Destination,
            AtEnd = spec.AtEnd,
            State = spec.Ticket is null ? JobState.Preparing : JobState.Launching,
            CreatedAt = begun,
            ExpiresAt = spec.Lifetime is { } lifetime ? begun + lifetime : null,
        };
        using var output = new JobOutput(spec.OutFile, (line, isError) => onLine(spec.Name, line, isError));
        Write(job);
        var run = new JobRun(spec, job, clock);
        Instance instance;
        try
        {
            instance = await GetInstanceAsync(spec, spec.Ticket, launcher, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException)
        {
            Write(job with { State = JobState.Failed, EndedAt = context.UtcNow });
            throw;
        }
        finally
        {
            run.Add(spec.Ticket);
        }
        SpotWatch? watch = spec.Again is null || spec.IsDetached ? null : new SpotWatch(context, instance, spec.Ticket!.Request.AutoSpotRecovery == true, spec.MaxRestarts);
        var restarts = new JobRestarts(context, spec, launcher, Write, observer);
        while (true)
        {
            job = Write(job with { InstanceId = instance.Id, State = JobState.Preparing });
            bool isStarting = false;
            JobReport report = JobReport.NotStarted;
            PulseRunException? failure = null;
            try
            {
                instance = await WaitReadyAsync(instance, spec, observer, cancel).ConfigureAwait(false);
                if (spec.Uploads.Count > 0)
                    await _files.UploadAsync(spec.Uploads, job, instance, s_startLimit, observer, cancel).ConfigureAwait(false);
                if (run.IsSynced && watch?.Restarts > 0)
                    await _files.RestoreAsync(job, instance, s_startLimit, observer, cancel).ConfigureAwait(false);
                isStarting = true;
                await new JobConnection(ssh, context, job, instance, s_startLimit, observer).StartAsync(watch?.Restarts ?? 0, cancel).ConfigureAwait(false);
            }
            catch (PulseRunException error)
            {
                failure = error;
            }
            if (failure is null)
            {
                job = Write(job with { State = JobState.Running, StartedAt = context.UtcNow });
                if (spec.IsDetached)
                {
                    _open.TryRemove(job.JobId, out _);
                    return job.ToJob(context);
                }
                (report, failure) = await FollowAsync(job, instance, output, spec.ReconnectFor, spec.SyncEvery, () => run.IsSynced = true, observer, cancel).ConfigureAwait(false);
            }
            // Only an instance that does not run any more may be lost. A command that ended without an exit code, or cannot be reached, is no reason to start it twice.
            if (failure is not null && report is JobReport.Lost or JobReport.NotStarted && watch is not null && watch.Instance.Spot == true)
            {
                run.Instance = instance;
                (JobRecord Job, Instance Instance)? next = await restarts.TryAsync(job, run, watch, cancel).ConfigureAwait(false);
                if (next is not null)
                {
                    (job, instance) = next.Value;
                    output.Restart();
                    continue;
                }
            }
            if (report == JobReport.NotStarted)
                throw await NotRunAsync(job, spec, run, failure!, isStarting, observer).ConfigureAwait(false);
            return await FinishAsync(job, instance, output, spec.ReconnectFor, run, report, failure, observer, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the end of a job that runs, also one of another process, downloads its files and gives its instance back.</summary>
    public async Task<JobResult> WaitAsync(JobRecord job, TimeSpan reconnectFor, ICallObserver observer, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        using var output = new JobOutput(null, static (_, _) => { });
        Instance instance = await Connection.Of(context).Client.GetAsync(job.InstanceId, observer, cancel).ConfigureAwait(false);
        (JobReport report, PulseRunException? failure) = await FollowAsync(job, instance, output, reconnectFor, null, static () => { }, observer, cancel).ConfigureAwait(false);
        return await FinishAsync(job, instance, output, reconnectFor, new JobRun(null, job, clock), report, failure, observer, cancel).ConfigureAwait(false);
    }

    /// <summary>Ends jobs that were cancelled, and returns what became of their instances.</summary>
    /// <param name="choose">Returns what happens to the instance of a job.</param>
    /// <param name="limit">The longest time that this may take.</param>
    public string? Cancel(Func<JobRecord, JobEnd> choose, TimeSpan limit)
    {
        IReadOnlyList<JobRecord> left = Open;
        if (left.Count == 0)
            return null;
        using var bound = new CancellationTokenSource(limit);
        var silent = new SilentObserver();
#pragma warning disable VSTHRD002 // The command has ended, and the wait is bounded.
        string[] lines = Task.Run(() => Task.WhenAll(left.Select(async job =>
        {
            JobEnd what = choose(job);
            bool? removed = await GiveBack.RunAsync(context, job.InstanceId, what, silent, bound.Token).ConfigureAwait(false);
            if (what == JobEnd.Remove)
                Write(job with { State = JobState.Lost, EndedAt = context.UtcNow });
            return "Job '" + job.Name + "' was cancelled. " + Fate(job.InstanceId, what, removed) + (what == JobEnd.Keep && job.State == JobState.Running ? " Its command goes on; Wait-PRJob " + job.JobId + " finishes the job." : "");
        }))).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        return string.Join(" ", lines);
    }

    /// <summary>Gives the instance of a job whose command cannot be run back, and returns the error.</summary>
    private async Task<PulseRunException> NotRunAsync(JobRecord job, JobSpec spec, JobRun run, PulseRunException error, bool isStarting, ICallObserver observer)
    {
        bool? removed = await GiveBack.RunAsync(context, job.InstanceId, spec.AtEnd, observer, CancellationToken.None).ConfigureAwait(false);
        Write(job with { State = JobState.Failed, EndedAt = context.UtcNow });
        return new PulseRunException(error.ErrorId, "The command of job '" + job.Name + (isStarting ? "' may have been started, and cannot be followed. " : "' was not run. ") + error.Message + run.GaveUp + " " + Fate(job.InstanceId, spec.AtEnd, removed))
        {
            Field = error.Field,
            Advice = error.Advice,
        };
    }

    /// <summary>Reads the output until the command ends, and copies the download meanwhile.</summary>
    private async Task<(JobReport Report, PulseRunException? Failure)> FollowAsync(JobRecord job, Instance instance, JobOutput output, TimeSpan reconnectFor, TimeSpan? syncEvery, Action onSynced, ICallObserver observer, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task syncing = syncEvery is { } every ? _files.SyncAsync(every, job, instance, onSynced, observer, stop.Token) : Task.CompletedTask;
        try
        {
            return (await new JobConnection(ssh, context, job, instance, reconnectFor, observer).FollowAsync(output, follow: true, cancel).ConfigureAwait(false), null);
        }
        catch (PulseRunException error)
        {
            return (error.ErrorId is ErrorIds.InstanceNotFound or ErrorIds.Conflict ? JobReport.Lost : JobReport.Broken, error);
        }
        finally
        {
            // Two copies at once would write to the same destination.
            End(stop);
            await syncing.ConfigureAwait(false);
        }
    }

    /// <summary>Cancels at once: .NET Framework has no asynchronous form.</summary>
    private static void End(CancellationTokenSource work) => work.Cancel();

    private async Task<JobResult> FinishAsync(JobRecord job, Instance instance, JobOutput output, TimeSpan reconnectFor, JobRun run, JobReport report, PulseRunException? failure, ICallObserver observer, CancellationToken cancel)
    {
        output.Finish();
        if (output.FileProblem is { } problem)
            observer.Warning("The file for the output of job '" + job.Name + "' is incomplete: " + problem);
        int? exitCode = report == JobReport.Ended ? output.Frames.ExitCode : null;
        bool? downloaded = job.Download is null ? null : false;
        bool? removed;
        if (report == JobReport.Broken)
        {
            // The job may still compute, so the instance is kept until its lifetime ends.
            observer.Warning("Job '" + job.Name + "': " + failure!.Message + " The instance was kept" + Until(job) + ". Wait-PRJob " + job.JobId + " tries again.");
            removed = await GiveBack.RunAsync(context, job.InstanceId, JobEnd.Keep, observer, CancellationToken.None).ConfigureAwait(false);
            _open.TryRemove(job.JobId, out _);
        }
        else
        {
            if (report != JobReport.Ended)
                observer.Warning("Job '" + job.Name + "' ended without an exit code. " + (failure?.Message ?? "Its process was killed, or '" + job.InstanceId + "' was started again.") + run.GaveUp);
            bool isReachable = failure is null;
            if (job.Download is not null && isReachable)
                downloaded = await _files.DownloadAsync(job, instance, reconnectFor, Until(job), observer, cancel).ConfigureAwait(false);
            JobEnd end = downloaded == false && isReachable ? JobEnd.Keep : job.AtEnd;
            removed = await GiveBack.RunAsync(context, job.InstanceId, end, observer, CancellationToken.None).ConfigureAwait(false);
            Write(job with { State = report == JobReport.Ended ? JobState.Completed : JobState.Lost, ExitCode = exitCode, EndedAt = context.UtcNow });
        }
        return new JobResult
        {
            Name = job.Name,
            Id = job.InstanceId,
            Origin = context,
            JobId = job.JobId,
            ExitCode = exitCode,
            StdOut = output.Output.ToText(),
            StdErr = output.Errors.ToText(),
            OmittedBytes = output.Output.Omitted + output.Errors.Omitted,
            StartedAt = job.StartedAt,
            Duration = context.UtcNow - job.CreatedAt is { Ticks: > 0 } passed ? passed : run.Clock.Elapsed,
            Cost = job.IntentId is null ? null : run.CostWith(instance, context.UtcNow),
            Attempts = run.End(instance, report switch { JobReport.Ended => "Completed", JobReport.Broken => ErrorIds.SshFailed, _ => "Lost" }),
            Downloaded = downloaded,
            Removed = removed,
        };
    }

    private static Task<Instance> GetInstanceAsync(JobSpec spec, LaunchTicket? ticket, ILauncher? launcher, ICallObserver observer, CancellationToken cancel) =>
        spec.Target is { } target ? target.Client.GetAsync(target.Id, observer, cancel) : JobRestarts.LaunchAsync(launcher!, ticket!, observer, cancel);

    private async Task<Instance> WaitReadyAsync(Instance instance, JobSpec spec, ICallObserver observer, CancellationToken cancel)
    {
        Instance? ready = null;
        PulseRunException? failure = null;
        await Connection.Of(context).Client.WaitAsync(
            [new WaitItem(instance.Id)], new WaitOptions(WaitTarget.Ready, spec.ReadyTimeout), reached => ready = reached, (_, error) => failure = error, observer, cancel).ConfigureAwait(false);
        return ready ?? throw failure ?? new PulseRunException(ErrorIds.WaitTimeout, "'" + instance.Id + "' was not ready in time.");
    }

    private JobRecord Write(JobRecord job)
    {
        if (job.IsOver)
            _open.TryRemove(job.JobId, out _);
        else
            _open[job.JobId] = job;
        try
        {
            Stores.Current.Jobs.Write(context.Account, job);
        }
        catch (StoreUnavailableException error) when (job.State != JobState.Launching)
        {
            // The job goes on without a record. Before the launch it would not be found again, so there it is an error.
            GC.KeepAlive(error);
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was launched. " + error.Message);
        }
        return job;
    }

    private static string Until(JobRecord job) => job.ExpiresAt is { } end ? " until " + end.ToString("u", CultureInfo.InvariantCulture) : "";

    private static string Fate(string id, JobEnd end, bool? removed) => (end, removed) switch
    {
        (_, true) => "'" + id + "' was removed.",
        (JobEnd.Remove, null) => "Whether '" + id + "' was removed is unknown: check with Get-PRInstance -Id " + id + ".",
        (JobEnd.Remove, _) => "'" + id + "' WAS NOT REMOVED and is still billed.",
        (JobEnd.Stop, _) => "'" + id + "' was asked to stop: check with Get-PRInstance -Id " + id + ".",
        _ => "'" + id + "' was kept and is still billed.",
    };
}
