using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Opens the Jupyter notebooks of instances in the browser. An https address is opened as it is; an http address of a notebook is opened through an ssh tunnel, which Get-PRTunnel shows.</summary>
[Cmdlet(VerbsCommon.Open, Nouns.Jupyter, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Instance))]
public sealed partial class OpenJupyterCommand : InstanceInput
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    private bool _hasSsh;

    /// <summary>Returns each instance whose notebook was opened.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Prompt.Confirms(target.Description, "Open notebook in the browser"))
                Runner.TryItem(target.Source, () => Open(target));
        }
    }

    private void Open(InstanceTarget target)
    {
        Instance? now = RemoteAccess.HasJupyter(target.Known) ? target.Known : null;
        if (now is null)
            Runner.RunToEnd(async cancel => now = await target.Client.GetAsync(target.Id, Runner.Observer, cancel).ConfigureAwait(false), target.Source);
        if (now is null)
            return;
        // A machine without ssh is an error only where a tunnel is needed.
        int? port = RemoteAccess.HasJupyter(now) ? JupyterAddress.TunnelPort(now.GetJupyterUrl()) : null;
        SshClient? client = port is null ? null : Client(target.Context);
        Runner.RunToEnd(cancel => OpenAsync(target, now, client, port, cancel), target.Source);
    }

    private SshClient Client(Context context)
    {
        if (!_hasSsh)
            _ssh.FindWithoutPrompt(SessionState);
        _hasSsh = true;
        return _ssh.ClientFor(context);
    }

    private async Task OpenAsync(InstanceTarget target, Instance now, SshClient? client, int? port, CancellationToken cancel)
    {
        JupyterAddress address = client is null
            ? RemoteAccess.Jupyter(now, target.Context.IsLocal)
            : JupyterAddress.ThroughTunnel(now.GetJupyterUrl()!, await OpenTunnelAsync(client, target, now, port!.Value, cancel).ConfigureAwait(false));
        Runner.Observer.Verbose("Opening " + address.Display);
        await Browser.OpenAsync(address, cancel).ConfigureAwait(false);
        if (PassThru)
            Runner.PostRows([now]);
    }

    /// <summary>Returns the local port of a tunnel to the notebook. An open one is used again.</summary>
    private static async Task<int> OpenTunnelAsync(SshClient client, InstanceTarget target, Instance now, int port, CancellationToken cancel)
    {
        if (Tunnels.All.FirstOrDefault(one => one.Id == target.Id && one.RemotePort == port && one.State == TunnelState.Open) is { } open)
            return open.LocalPort;
        var tunnel = new Tunnel { Id = now.Id, Origin = now.Origin ?? target.Context, RemotePort = port, OpenedAt = target.Context.UtcNow };
        var connection = new TunnelConnection(client, target, tunnel, reconnects: true);
        await connection.OpenAsync(now, cancel).ConfigureAwait(false);
        Tunnels.Add(connection);
        return tunnel.LocalPort;
    }
}
