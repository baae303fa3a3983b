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
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Runs jobs from their launch to the end of their instance. Whatever fails, the instance is given back or named.</summary>
/// <param name="context">The connection.</param>
/// <param name="ssh">The ssh client.</param>
/// <param name="onLine">Receives each line of output, with the name of the job and true for standard error.</param>
internal sealed class JobRunner(Context context, SshClient ssh, Action<string, string, bool> onLine)
{
    /// <summary>How long a ready instance may refuse ssh connections.</summary>
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_downloadPause = TimeSpan.FromSeconds(1);

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
        Instance instance;
        try
        {
            instance = await GetInstanceAsync(spec, launcher, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException)
        {
            Write(job with { State = JobState.Failed, EndedAt = context.UtcNow });
            throw;
        }
        job = Write(job with { InstanceId = instance.Id, State = JobState.Preparing });
        bool isStarting = false;
        try
        {
            instance = await WaitReadyAsync(instance, spec, observer, cancel).ConfigureAwait(false);
            var connection = new JobConnection(ssh, context, job, instance, s_startLimit, observer);
            if (spec.Uploads.Count > 0)
                await UploadAsync(spec, job, instance, observer, cancel).ConfigureAwait(false);
            isStarting = true;
            await connection.StartAsync(0, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            bool? removed = await GiveBack.RunAsync(context, instance.Id, spec.AtEnd, observer, CancellationToken.None).ConfigureAwait(false);
            Write(job with { State = JobState.Failed, EndedAt = context.UtcNow });
            throw new PulseRunException(error.ErrorId, "The command of job '" + job.Name + (isStarting ? "' may have been started, and cannot be followed. " : "' was not run. ") + error.Message + " " + Fate(instance.Id, spec.AtEnd, removed)) { Field = error.Field, Advice = error.Advice };
        }
        job = Write(job with { State = JobState.Running, StartedAt = context.UtcNow });
        if (spec.IsDetached)
        {
            _open.TryRemove(job.JobId, out _);
            return job.ToJob(context);
        }
        return await FinishAsync(job, instance, output, spec.ReconnectFor, spec.Ticket is null ? null : begun, clock, observer, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for the end of a job that runs, also one of another process, downloads its files and gives its instance back.</summary>
    public async Task<JobResult> WaitAsync(JobRecord job, TimeSpan reconnectFor, ICallObserver observer, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        using var output = new JobOutput(null, static (_, _) => { });
        Instance instance = await Connection.Of(context).Client.GetAsync(job.InstanceId, observer, cancel).ConfigureAwait(false);
        return await FinishAsync(job, instance, output, reconnectFor, job.IntentId is null ? null : job.CreatedAt, clock, observer, cancel, isAttached: false).ConfigureAwait(false);
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

    private async Task<JobResult> FinishAsync(JobRecord job, Instance instance, JobOutput output, TimeSpan reconnectFor, DateTimeOffset? launchedAt, Stopwatch clock, ICallObserver observer, CancellationToken cancel, bool isAttached = true)
    {
        if (isAttached)
            _open[job.JobId] = job;
        JobReport report;
        PulseRunException? failure = null;
        try
        {
            report = await new JobConnection(ssh, context, job, instance, reconnectFor, observer).FollowAsync(output, follow: true, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            report = error.ErrorId is ErrorIds.InstanceNotFound or ErrorIds.Conflict ? JobReport.Lost : JobReport.Broken;
            failure = error;
        }
        output.Finish();
        if (output.FileProblem is { } problem)
            observer.Warning("The file for the output of job '" + job.Name + "' is incomplete: " + problem);
        int? exitCode = report == JobReport.Ended ? output.Frames.ExitCode : null;
        bool? downloaded = job.Download is null ? null : false;
        bool? removed;
        if (report == JobReport.Broken)
        {
            // Whether it still computes is unknown, so the instance is kept until its lifetime ends.
            observer.Warning("Job '" + job.Name + "': " + failure!.Message + " The instance was kept" + Until(job) + ". Wait-PRJob " + job.JobId + " tries again.");
            removed = await GiveBack.RunAsync(context, job.InstanceId, JobEnd.Keep, observer, CancellationToken.None).ConfigureAwait(false);
            _open.TryRemove(job.JobId, out _);
        }
        else
        {
            if (report != JobReport.Ended)
                observer.Warning("Job '" + job.Name + "' ended without an exit code. " + (failure?.Message ?? "Its process was killed, or '" + job.InstanceId + "' was started again."));
            bool isReachable = failure is null;
            if (job.Download is not null && isReachable)
                downloaded = await DownloadAsync(job, instance, reconnectFor, observer, cancel).ConfigureAwait(false);
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
            Duration = context.UtcNow - job.CreatedAt is { Ticks: > 0 } passed ? passed : clock.Elapsed,
            Cost = launchedAt is { } since && instance.CostPerHour is { } price ? decimal.Round(price * (decimal)Math.Max(0, (context.UtcNow - since).TotalHours), 4) : null,
            Attempts = [new JobAttempt { InstanceId = job.InstanceId, StartedAt = job.CreatedAt, Outcome = report switch { JobReport.Ended => "Completed", JobReport.Broken => ErrorIds.SshFailed, _ => "Lost" } }],
            Downloaded = downloaded,
            Removed = removed,
        };
    }

    private static async Task<Instance> GetInstanceAsync(JobSpec spec, ILauncher? launcher, ICallObserver observer, CancellationToken cancel)
    {
        if (spec.Target is { } target)
            return await target.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
        Instance instance = await launcher!.LaunchAsync(spec.Ticket!, observer, cancel).ConfigureAwait(false);
        (observer as Running.CallObserver)?.Answered();
        return instance;
    }

    private async Task<Instance> WaitReadyAsync(Instance instance, JobSpec spec, ICallObserver observer, CancellationToken cancel)
    {
        Instance? ready = null;
        PulseRunException? failure = null;
        await Connection.Of(context).Client.WaitAsync(
            [new WaitItem(instance.Id)], new WaitOptions(WaitTarget.Ready, spec.ReadyTimeout), reached => ready = reached, (_, error) => failure = error, observer, cancel).ConfigureAwait(false);
        return ready ?? throw failure ?? new PulseRunException(ErrorIds.WaitTimeout, "'" + instance.Id + "' was not ready in time.");
    }

    private async Task UploadAsync(JobSpec spec, JobRecord job, Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var copy = new CopyWork(ssh, instance, RemoteAccess.Channel(instance, context.IsLocal), new CopyOptions(CopyMode.Force, true, new CopyFilter(null)), new ByteProgress(), observer, cancel);
                await copy.UploadAsync([.. spec.Uploads], job.Directory + "/").ConfigureAwait(false);
                return;
            }
            // An instance that has just started may refuse connections for some seconds.
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.SshFailed && waited.Elapsed < (error.Message.Contains("Permission denied") && spec.Ticket is null ? TimeSpan.Zero : s_startLimit))
            {
                observer.Verbose("Job " + job.Name + ": " + error.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> DownloadAsync(JobRecord job, Instance instance, TimeSpan patience, ICallObserver observer, CancellationToken cancel)
    {
        string path = job.Download![0] is '/' or '~' ? job.Download : job.Directory + "/work/" + job.Download;
        try
        {
            var trying = Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    var copy = new CopyWork(ssh, instance, RemoteAccess.Channel(instance, context.IsLocal), new CopyOptions(CopyMode.Force, true, new CopyFilter(null)), new ByteProgress(), observer, cancel);
                    await copy.DownloadAsync(path, job.Destination!).ConfigureAwait(false);
                    return true;
                }
                catch (PulseRunException error) when (error.ErrorId == ErrorIds.SshFailed && trying.Elapsed < patience)
                {
                    observer.Verbose("Job " + job.Name + ": " + error.Message);
                    await Task.Delay(s_downloadPause, cancel).ConfigureAwait(false);
                }
            }
        }
        catch (PulseRunException error)
        {
            observer.Warning("Job '" + job.Name + "': the download failed, so the instance was kept" + Until(job) + " and is still billed. " + error.Message + " To fetch it: Copy-PRItem '" + CleanText.Clean(path, 200).Replace("'", "''") + "' '"
                + CleanText.Clean(job.Destination!, 200).Replace("'", "''") + "' -FromInstance " + job.InstanceId + " -Recurse -Force. Then: Remove-PRInstance " + job.InstanceId + ".");
            return false;
        }
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
