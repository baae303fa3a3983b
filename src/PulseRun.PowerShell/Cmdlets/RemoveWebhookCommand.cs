using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes webhooks.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Webhook, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class RemoveWebhookCommand : ConnectedCmdlet
{
    /// <summary>The webhooks, as Get-PRWebhook returns them. Each is removed with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(WebhookIdCompleter))]
    public Webhook[] InputObject { get; set; } = [];

    /// <summary>The ids of the webhooks. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamedWebhookIdCompleter))]
    public string[] Id { get; set; } = [];

    internal override string Verb => "remove";

    internal override string AdviceForPending => "Check with Get-PRWebhook.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (Webhook webhook in ParameterSetName == ParameterSets.ByObject ? InputObject : [])
            Remove(webhook.Id, webhook.Origin, webhook);
        foreach (string id in ParameterSetName == ParameterSets.ById ? Id : [])
            Remove(id, null, id);
    }

    private void Remove(string id, Context? origin, object source) => Runner.TryItem(source, () =>
    {
        Context context = Connections.For(origin, id, Context);
        if (!Prompt.Confirms("webhook " + id, "Remove webhook"))
            return;
        Runner.Queue(id, source, 16, async (observer, cancel) =>
        {
            await Connection.Of(context).Client.RemoveWebhookAsync(id, observer, cancel).ConfigureAwait(false);
            return null;
        });
    });
}
