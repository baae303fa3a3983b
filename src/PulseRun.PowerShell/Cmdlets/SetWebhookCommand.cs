using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Changes a webhook. The values that are not given stay as they are.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Webhook, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Webhook))]
public sealed partial class SetWebhookCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly WebhookParameters _webhook = new();

    private readonly ListedObjects<Webhook> _listed = ListedObjects.Webhooks();

    /// <summary>The webhooks, as Get-PRWebhook returns them. Each is changed with the connection that returned it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(WebhookIdCompleter))]
    public Webhook[] InputObject { get; set; } = [];

    /// <summary>The ids of the webhooks. Wildcards are not allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamedWebhookIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>The new https address. Plain http is accepted for a loopback address, which only the emulator can reach.</summary>
    [Parameter]
    public string? Uri { get; set; }

    internal override string Verb => "change";

    internal override string AdviceForPending => "Check with Get-PRWebhook.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        object source = ParameterSetName == ParameterSets.ByObject ? InputObject : Id;
        Runner.TryItem(source, () =>
        {
            WebhookRequest request = _webhook.ToRequest(Uri, this);
            if (request is { Url: null, Events: null, Enabled: null, Secret: null })
                throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was sent: no change was given. Use -Uri, -Event, -Secret or -Enabled.");
            foreach (Webhook webhook in ParameterSetName == ParameterSets.ByObject ? InputObject : [])
                Change(webhook.Id, webhook.Origin, request, webhook);
            foreach (string id in ParameterSetName == ParameterSets.ById ? Id : [])
                Change(id, null, request, id);
        });
    }

    private void Change(string id, Context? origin, WebhookRequest request, object source) => Runner.TryItem(source, () =>
    {
        Context context = Connections.For(origin, id, Context);
        string changes = string.Join(", ", new[] { request.Url, request.Events is { } events ? string.Join(", ", events.ToArray()) : null, request.Enabled is { } on ? on ? "enabled" : "disabled" : null, request.Secret is null ? null : "a new secret" }.OfType<string>().ToArray());
        if (!Prompt.Confirms("webhook " + id + ": " + changes, "Change webhook"))
            return;
        Runner.Queue(id, source, 16, async (observer, cancel) =>
        {
            Webhook known = await _listed.FindAsync(context, id, null, observer, cancel).ConfigureAwait(false);
            return await Connection.Of(context).Client.SetWebhookAsync(known, request, observer, cancel).ConfigureAwait(false);
        });
    });
}
