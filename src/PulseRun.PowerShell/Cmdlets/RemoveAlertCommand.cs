using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes alerts.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Alert, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class RemoveAlertCommand : ConnectedCmdlet
{
    /// <summary>The alerts, as Get-PRAlert returns them. Each is removed with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(AlertIdCompleter))]
    public Alert[] InputObject { get; set; } = [];

    /// <summary>The ids of the alerts. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamedAlertIdCompleter))]
    public string[] Id { get; set; } = [];

    internal override string Verb => "remove";

    internal override string AdviceForPending => "Check with Get-PRAlert.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (Alert alert in ParameterSetName == ParameterSets.ByObject ? InputObject : [])
            Remove(alert.Id, alert.Origin, alert);
        foreach (string id in ParameterSetName == ParameterSets.ById ? Id : [])
            Remove(id, null, id);
    }

    private void Remove(string id, Context? origin, object source) => Runner.TryItem(source, () =>
    {
        Context context = Connections.For(origin, id, Context);
        if (!Prompt.Confirms("alert " + id, "Remove alert"))
            return;
        Runner.Queue(id, source, 16, async (observer, cancel) =>
        {
            await Connection.Of(context).Client.RemoveAlertAsync(id, observer, cancel).ConfigureAwait(false);
            return null;
        });
    });
}
