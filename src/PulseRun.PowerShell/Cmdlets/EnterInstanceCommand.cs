using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Opens an ssh session on one instance in this terminal.</summary>
[Cmdlet(VerbsCommon.Enter, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(void))]
public sealed partial class EnterInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    // ssh exits with 255 for its own failures; any other code is that of the remote shell.
    private const int Failure = 255;
    private readonly List<InstanceTarget> _targets = [];

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (!HostEnvironment.HasTerminal)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Enter-PRInstance needs an interactive terminal, and this host has none. Use Invoke-PRCommand to run a command without a terminal.");
        _ssh.Find(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord() => _targets.AddRange(Targets());

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_targets.Count == 0)
            return;
        if (_targets.Count > 1)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, string.Format(CultureInfo.InvariantCulture,
                "{0} instances were named, and a terminal can be connected to one instance only. Use Invoke-PRCommand to run a command on many.", _targets.Count));
        }
        InstanceTarget target = _targets[0];
        Instance? now = null;
        Runner.RunToEnd(async cancel => now = await RemoteInstance.ReadAsync(target, Runner.Observer, cancel).ConfigureAwait(false), target.Source);
        if (now is not null)
            Runner.TryItem(target.Source, () => Enter(now, target.Context));
    }

    private void Enter(Instance instance, Context context)
    {
        SshTarget place = RemoteAccess.Ssh(instance, context.IsLocal);
        SshClient client = _ssh.ClientFor(context);
        WriteVerbose("ssh to " + place.User + "@" + place.Host + ", host key kept as " + SshArguments.HostKeyAlias(instance.Id) + ".");
        Runner.HideProgress();
        if (client.Enter(instance.Id, place, Runner.StopToken) == Failure)
            throw new PulseRunException(ErrorIds.SshFailed, "The ssh session on '" + instance.Id + "' ended with exit code 255: the connection failed or was lost, or the last remote command exited with 255. See the output of ssh above for the cause.");
    }
}
