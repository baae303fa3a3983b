using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Opens an ssh tunnel from a port of this machine to a port of an instance. It ends with Close-PRTunnel, with the instance, or with this process.</summary>
[Cmdlet(VerbsCommon.Open, Nouns.Tunnel, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Tunnel))]
public sealed partial class OpenTunnelCommand : InstanceInput
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private bool _hasPort;

    /// <summary>The port on the loopback address of the instance, for example 8888 for Jupyter or 6006 for TensorBoard (1 to 65535).</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateRange(1, 65535)]
    public int RemotePort { get; set; }

    /// <summary>The port on 127.0.0.1 of this machine (0 to 65535). The default, 0, selects a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int LocalPort { get; set; }

    /// <summary>Connects again when the connection is lost, for as long as the instance is running. Each attempt reads the instance: one request.</summary>
    [Parameter]
    public SwitchParameter Reconnect { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _ssh.FindWithoutPrompt(SessionState);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Prompt.Confirms(target.Description, "Open a tunnel to port " + RemotePort.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                Runner.TryItem(target.Source, () => Queue(target));
        }
    }

    private void Queue(InstanceTarget target)
    {
        if (LocalPort != 0 && _hasPort)
            throw new PulseRunException(ErrorIds.InvalidRequest, "LocalPort: another instance uses this port. Leave -LocalPort out for several instances. No tunnel to '" + target.Id + "' was opened.") { Field = nameof(LocalPort) };
        _hasPort = true;
        SshClient client = _ssh.ClientFor(target.Context);
        Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) =>
        {
            Instance now = await RemoteInstance.ReadAsync(target, observer, cancel).ConfigureAwait(false);
            var tunnel = new Tunnel { Id = now.Id, Origin = now.Origin ?? target.Context, RemotePort = RemotePort, LocalPort = LocalPort, OpenedAt = target.Context.UtcNow };
            var connection = new TunnelConnection(client, target, tunnel, Reconnect);
            await connection.OpenAsync(now, cancel).ConfigureAwait(false);
            Tunnels.Add(connection);
            return tunnel;
        });
    }
}
