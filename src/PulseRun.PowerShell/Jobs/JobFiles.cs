using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Jobs;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Copies the files of jobs to their instances and back.</summary>
/// <param name="context">The connection.</param>
/// <param name="ssh">The ssh client.</param>
internal sealed class JobFiles(Context context, SshClient ssh)
{
    private static readonly TimeSpan s_uploadPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_downloadPause = TimeSpan.FromSeconds(1);

    /// <summary>Copies to the folder of a job.</summary>
    /// <param name="items">The files and folders, with their names in it.</param>
    /// <param name="job">The job.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="patience">The longest time that the instance may refuse connections, because it has just started.</param>
    /// <param name="observer">Receives warnings.</param>
    /// <param name="cancel">Ends the copy.</param>
    /// <param name="destination">Another folder to copy to; null for that of the job.</param>
    public async Task UploadAsync(IReadOnlyList<PackItem> items, JobRecord job, Instance instance, TimeSpan patience, ICallObserver observer, CancellationToken cancel, string? destination = null)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Copy(instance, observer, cancel).UploadAsync([.. items], destination ?? job.Directory + "/").ConfigureAwait(false);
                return;
            }
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.SshFailed && waited.Elapsed < (error.Message.Contains("Permission denied") && job.IntentId is null ? TimeSpan.Zero : patience))
            {
                observer.Verbose("Job " + job.Name + ": " + error.Message);
                await Task.Delay(s_uploadPause, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Copies what <see cref="SyncAsync"/> has downloaded to another instance of the job.</summary>
    public Task RestoreAsync(JobRecord job, Instance instance, TimeSpan patience, ICallObserver observer, CancellationToken cancel)
    {
        string path = PathOf(job).TrimEnd('/');
        string own = job.Directory + "/";
        if (path.StartsWith(own, StringComparison.Ordinal))
            return UploadAsync([new PackItem(job.Destination!, path.Substring(own.Length))], job, instance, patience, observer, cancel);
        int slash = path.LastIndexOf('/');
        // The home folder itself is not replaced.
        return slash < 0 ? Task.CompletedTask : UploadAsync([new PackItem(job.Destination!, path.Substring(slash + 1))], job, instance, patience, observer, cancel, path.Remove(slash + 1));
    }

    /// <summary>Copies -Download again and again, until it is cancelled. A copy that fails is followed by the next one.</summary>
    /// <param name="every">The time between two copies.</param>
    /// <param name="job">The job.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="onSynced">Called after each complete copy.</param>
    /// <param name="observer">Receives verbose lines.</param>
    /// <param name="cancel">Ends it. Nothing incomplete has its final name.</param>
    public async Task SyncAsync(TimeSpan every, JobRecord job, Instance instance, Action onSynced, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await Task.Delay(every, cancel).ConfigureAwait(false);
                try
                {
                    await Copy(instance, observer, cancel).DownloadAsync(PathOf(job), job.Destination!).ConfigureAwait(false);
                    onSynced();
                }
                catch (PulseRunException error)
                {
                    // There may be nothing to copy yet, or the connection is broken. The copy at the end reports what is wrong.
                    observer.Verbose("Job " + job.Name + ": " + error.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended, or its instance is lost.
        }
    }

    /// <summary>Copies -Download. Returns false, with a warning that says how to fetch it by hand, when it cannot be copied.</summary>
    public async Task<bool> DownloadAsync(JobRecord job, Instance instance, TimeSpan patience, string until, ICallObserver observer, CancellationToken cancel)
    {
        string path = PathOf(job);
        try
        {
            var trying = Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    await Copy(instance, observer, cancel).DownloadAsync(path, job.Destination!).ConfigureAwait(false);
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
            observer.Warning("Job '" + job.Name + "': the download failed, so the instance was kept" + until + " and is still billed. " + error.Message + " To fetch it: Copy-PRItem '" + CleanText.Clean(path, 200).Replace("'", "''") + "' '"
                + CleanText.Clean(job.Destination!, 200).Replace("'", "''") + "' -FromInstance " + job.InstanceId + " -Recurse -Force. Then: Remove-PRInstance " + job.InstanceId + ".");
            return false;
        }
    }

    /// <summary>Returns the path of -Download on the instance.</summary>
    private static string PathOf(JobRecord job)
    {
        string path = job.Download!;
        if (path[0] is '/' or '~')
            return path;
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path.Substring(2);
        return job.Directory + "/work" + (path is "" or "." ? "" : "/" + path);
    }

    private CopyWork Copy(Instance instance, ICallObserver observer, CancellationToken cancel) =>
        new(ssh, instance, RemoteAccess.Channel(instance, context.IsLocal), new CopyOptions(CopyMode.Force, true, new CopyFilter(null)), new ByteProgress(), observer, cancel);
}
