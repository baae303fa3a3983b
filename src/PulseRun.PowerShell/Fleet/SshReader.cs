using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Probe;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the load of instances by ssh: one connection and one command for a reading, without a request to the API.</summary>
internal sealed class SshReader(SshClient client, Context context)
{
    /// <summary>The number of connections of this process at the same time.</summary>
    private static readonly SemaphoreSlim s_room = new(16);

    /// <summary>The time limit of a reading, including the connection.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns what the instance reports; null when it reports no load of its GPUs.</summary>
    /// <exception cref="PulseRunException">The instance cannot be logged in to with a key, or did not answer in time.</exception>
    public async Task<ProbeOutput?> ReadAsync(Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        SshTarget place = RemoteAccess.Ssh(instance, context.IsLocal);
        await s_room.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(s_limit);
            CommandResult result = await client.RunAsync(instance, place, ProbeOutput.Command, null, new CommandOutput(), limit.Token).ConfigureAwait(false);
            observer.Verbose(string.Format(CultureInfo.InvariantCulture, "Reading of {0} by ssh: exit code {1} after {2:0} ms.", instance.Id, result.ExitCode, result.Duration.TotalMilliseconds));
            return ProbeOutput.Parse(result.StdOut);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PulseRunException(ErrorIds.CommandTimeout, "'" + instance.Id + "' did not report its load by ssh within " + s_limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s.");
        }
        finally
        {
            s_room.Release();
        }
    }

    /// <summary>Returns the load of an instance as a reading.</summary>
    /// <exception cref="PulseRunException">The instance cannot be logged in to with a key, did not answer in time, or reports no load.</exception>
    public async Task<InstanceMetrics> ReadMetricsAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        Instance now = await RemoteInstance.ReadAsync(target, observer, cancel).ConfigureAwait(false);
        ProbeOutput output = await ReadAsync(now, observer, cancel).ConfigureAwait(false)
            ?? throw new PulseRunException(ErrorIds.SshFailed, "nvidia-smi on '" + now.Id + "' failed, or its output has another form than expected.");
        return output.ToMetrics(now.Id, context.UtcNow, context);
    }
}
