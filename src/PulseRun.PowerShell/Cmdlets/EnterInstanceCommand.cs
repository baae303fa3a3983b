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

/// <summary>Opens an ssh session on one instance, in this terminal.</summary>
[Cmdlet(VerbsCommon.Enter, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(void))]
public sealed partial class EnterInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    private const int Failure = 255;
    private readonly List<InstanceTarget> _targets = [];

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (!HostEnvironment.HasTerminal)
            throw new PulseRunException(ErrorIds.InvalidRequest, "There is no terminal here to work in. Invoke-PRCommand runs a command without one.");
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
                "{0} instances were named, and one terminal is on one of them at a time. Invoke-PRCommand runs a command on many.", _targets.Count));
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
            throw new PulseRunException(ErrorIds.SshFailed, "The ssh session on '" + instance.Id + "' ended with 255: it failed, was lost, or the last command there ended so. What ssh wrote says which.");
    }
}
