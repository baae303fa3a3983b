using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Opens the Jupyter notebooks of instances in the browser. Opens https addresses only.</summary>
[Cmdlet(VerbsCommon.Open, Nouns.Jupyter, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Instance))]
public sealed class OpenJupyterCommand : InstanceInput
{
    /// <summary>Returns each instance whose notebook was opened.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Prompt.Confirms(target.Description, "Open notebook in the browser"))
                Runner.RunToEnd(cancel => OpenAsync(target, cancel), target.Source);
        }
    }

    private async Task OpenAsync(InstanceTarget target, CancellationToken cancel)
    {
        Instance now = RemoteAccess.HasJupyter(target.Known)
            ? target.Known!
            : await target.Client.GetAsync(target.Id, Runner.Observer, cancel).ConfigureAwait(false);
        JupyterAddress address = RemoteAccess.Jupyter(now, target.Context.IsLocal);
        Runner.Observer.Verbose("Opening " + address.Display);
        await Browser.OpenAsync(address, cancel).ConfigureAwait(false);
        if (PassThru)
            Runner.PostRows([now]);
    }
}
