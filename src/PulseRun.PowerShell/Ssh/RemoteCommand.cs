using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Runs one command on instances.</summary>
/// <param name="client">The ssh client.</param>
/// <param name="command">The text for the shell of the instance.</param>
/// <param name="file">The file for the whole standard output; null for none.</param>
/// <param name="timeout">The longest time that it may take, the connection included; zero for any time.</param>
internal sealed class RemoteCommand(SshClient client, string command, string? file, TimeSpan timeout)
{
    /// <summary>Runs the command on an instance.</summary>
    /// <exception cref="PulseRunException">CommandTimeout: it took longer than it may. Others: the instance cannot be logged in to.</exception>
    public async Task<CommandResult> RunAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        Instance now = await RemoteInstance.ReadAsync(target, observer, cancel).ConfigureAwait(false);
        SshTarget place = RemoteAccess.Ssh(now, target.Context.IsLocal);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (timeout > TimeSpan.Zero)
            limit.CancelAfter(timeout);
        observer.Verbose("ssh to " + place.User + "@" + place.Host + ", host key kept as " + SshArguments.HostKeyAlias(now.Id) + ".");
        observer.Sent(target.Id);
        var written = new CommandOutput();
        try
        {
            CommandResult result = await client.RunAsync(now, place, command, file, written, limit.Token).ConfigureAwait(false);
            if (result.OmittedBytes > 0)
                observer.Warning(string.Format(CultureInfo.InvariantCulture, "The command on '{0}' wrote more than is kept: {1:N0} bytes are left out.", now.Id, result.OmittedBytes));
            return result;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new PulseRunException(ErrorIds.CommandTimeout, string.Format(CultureInfo.InvariantCulture, "The command on '{0}' was not done within {1} s. The connection was closed; the command may go on there. StdOut and StdErr of this exception have what it wrote until then.", now.Id, (int)timeout.TotalSeconds))
            {
                StdOut = written.Output.ToText(),
                StdErr = written.Errors.ToText(),
            };
        }
    }
}
