using System;
using System.Globalization;
using System.Threading;
using PulseRun.Core.Jobs;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Finishes jobs that another command started.</summary>
internal static class JobWait
{
    /// <summary>Queues the wait for a job. Call it on the pipeline thread.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="ssh">The parameters of ssh.</param>
    /// <param name="context">The connection of the job.</param>
    /// <param name="job">The job.</param>
    /// <param name="throttle">The number of jobs that are finished at the same time.</param>
    /// <param name="reconnectFor">The longest time that the instance may be out of reach.</param>
    /// <param name="timeout">The longest wait; zero for no limit.</param>
    /// <param name="stopSeconds">The seconds that the command has to end; null to wait for it.</param>
    /// <exception cref="PulseRunException">Conflict: the job cannot be finished, or was.</exception>
    public static void Queue(ConnectedCmdlet cmdlet, SshParameters ssh, Context context, JobRecord job, int throttle, TimeSpan reconnectFor, TimeSpan timeout, int? stopSeconds)
    {
        if (job.State != JobState.Running)
        {
            throw new PulseRunException(ErrorIds.Conflict, "Job '" + job.Name + "' " + (job.IsOver ? "has ended already. Its result was returned by the command that finished it."
                : "has not started its command. The command that started the job is still at work, or was killed: then cleanup removes the instance after its lifetime."));
        }
        SshClient client = ssh.ClientFor(context);
        cmdlet.Runner.Queue(job.Name, job.Name, throttle, async (observer, cancel) =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (timeout > TimeSpan.Zero)
                limit.CancelAfter(timeout);
            try
            {
                if (stopSeconds is { } seconds)
                {
                    Instance now = await Connection.Of(context).Client.GetAsync(job.InstanceId, observer, cancel).ConfigureAwait(false);
                    await new JobConnection(client, context, job, now, reconnectFor, observer).StopAsync(seconds, limit.Token).ConfigureAwait(false);
                }
                return await new JobRunner(context, client, static (_, _, _) => { }).WaitAsync(job, reconnectFor, observer, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new PulseRunException(ErrorIds.WaitTimeout, string.Format(CultureInfo.InvariantCulture, "Job '{0}' did not end within {1:0} s. It continues.", job.Name, timeout.TotalSeconds));
            }
        });
    }
}
