using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Jobs;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Starts, follows and ends the command of a job on its instance, across broken connections.</summary>
/// <param name="ssh">The ssh client.</param>
/// <param name="context">The connection to the service.</param>
/// <param name="job">The job.</param>
/// <param name="instance">The instance as last read.</param>
/// <param name="patience">The longest time that the instance may be out of reach.</param>
/// <param name="observer">Receives waits and verbose lines.</param>
internal sealed class JobConnection(SshClient ssh, Context context, JobRecord job, Instance instance, TimeSpan patience, ICallObserver observer)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_keyLag = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(15);

    private Instance _instance = instance;

    /// <summary>Starts the command. Repeating it after a broken connection starts nothing twice.</summary>
    public Task StartAsync(int restart, CancellationToken cancel) => RetryAsync("The job was not started", _ =>
    {
        byte[] text = Encoding.UTF8.GetBytes(job.Command + "\n");
        string command = ShellText.Run(JobScripts.Start, job.Directory, job.JobId, restart.ToString(CultureInfo.InvariantCulture), text.Length.ToString(CultureInfo.InvariantCulture), JobScripts.Wrapper.Replace("\r", ""));
        using SshChannel channel = ssh.OpenChannel(_instance.Id, Place(), command, null, cancel);
        try
        {
            channel.Input.Write(text, 0, text.Length);
        }
        catch (IOException)
        {
            // Finish reports why the client does not read.
        }
        int code = channel.Finish();
        if (code != 0)
        {
            throw new PulseRunException(ErrorIds.SshFailed, "The job cannot be started on '" + _instance.Id + "': " + code switch
            {
                71 => "its folder cannot be written.",
                72 => "the command arrived incomplete.",
                73 => "its wrapper does not run.",
                _ => "exit code " + code.ToString(CultureInfo.InvariantCulture) + ".",
            } + (channel.Errors.Text.Length > 0 ? " It says: " + CleanText.Clean(channel.Errors.Text, 300) : ""));
        }
        return true;
    }, cancel);

    /// <summary>Reads the output until the command ends; without <paramref name="follow"/>, what there is.</summary>
    /// <exception cref="PulseRunException">SshFailed: the instance was out of reach for too long. InstanceNotFound or Conflict: it is gone, or does not run any more.</exception>
    public Task<JobReport> FollowAsync(JobOutput output, bool follow, CancellationToken cancel) => RetryAsync("The job may still run", onContact =>
    {
        string command = ShellText.Run(JobScripts.Follow, job.Directory, Text(output.Frames.OutOffset), Text(output.Frames.ErrOffset), follow ? "1" : "0");
        using SshChannel channel = ssh.OpenChannel(_instance.Id, Place(), command, null, cancel);
        channel.CloseInput();
        JobReport report = output.Frames.Read(channel.Output, onContact);
        if (report != JobReport.Broken)
            return report;
        channel.Finish();
        throw new PulseRunException(ErrorIds.SshFailed, "The report of the job on '" + _instance.Id + "' ended early.");
    }, cancel);

    /// <summary>Ends the command.</summary>
    public Task StopAsync(int seconds, CancellationToken cancel) => RetryAsync("The job may still run", _ =>
    {
        using SshChannel channel = ssh.OpenChannel(_instance.Id, Place(), ShellText.Run(JobScripts.Stop, job.Directory, seconds.ToString(CultureInfo.InvariantCulture)), null, cancel);
        return channel.Finish();
    }, cancel);

    /// <summary>Runs one connection after another until one does its work. Between two, the instance is read: a job on an instance that is gone is not waited for.</summary>
    private async Task<T> RetryAsync<T>(string consequence, Func<Action, T> work, CancellationToken cancel)
    {
        var silence = Stopwatch.StartNew();
        TimeSpan pause = s_firstPause;
        while (true)
        {
            PulseRunException failure;
            try
            {
                return await OnOwnThread(() => work(() =>
                {
                    silence.Restart();
                    pause = s_firstPause;
                })).ConfigureAwait(false);
            }
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.SshFailed)
            {
                failure = error;
            }
            cancel.ThrowIfCancellationRequested();
            // A key that is not accepted will not be later, except by an instance that is still being set up.
            bool isDenied = failure.Message.Contains("Permission denied");
            if (silence.Elapsed >= (isDenied && job.IntentId is null ? TimeSpan.Zero : isDenied && patience > s_keyLag ? s_keyLag : patience))
            {
                throw new PulseRunException(ErrorIds.SshFailed, string.Format(CultureInfo.InvariantCulture, "'{0}' was out of reach for {1:0} s. {2} there. {3}", _instance.Id, silence.Elapsed.TotalSeconds, consequence, failure.Message));
            }
            observer.Verbose("Job " + job.Name + ": " + failure.Message + " The next attempt follows in " + pause.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s.");
            observer.Waiting("connection to " + _instance.Id);
            await Task.Delay(pause, cancel).ConfigureAwait(false);
            observer.Waiting(null);
            pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, s_longestPause.Ticks));
            await ReadInstanceAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task ReadInstanceAsync(CancellationToken cancel)
    {
        Instance now;
        try
        {
            now = await Session.Connection.Of(context).Client.GetAsync(_instance.Id, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId is not (ErrorIds.InstanceNotFound or ErrorIds.Unauthorized or ErrorIds.NotConnected))
        {
            // The service is out of reach too. The instance may be well.
            return;
        }
        if (!InstanceStatus.Is(now.Status, InstanceStatus.Running))
            throw new PulseRunException(ErrorIds.Conflict, "'" + now.Id + "' is " + CleanText.Clean(now.Status ?? "in an unknown state", 40) + ", so its job has ended.");
        if (!string.IsNullOrEmpty(now.SshCommand))
            _instance = now;
    }

    private SshTarget Place() => RemoteAccess.Channel(_instance, context.IsLocal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<T> OnOwnThread<T>(Func<T> work)
    {
        T result = default!;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        await OutputReader.OnOwnThread(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Rethrown below.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
            }
        }).ConfigureAwait(false);
        failure?.Throw();
        return result;
    }
}
