using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Creates a webhook: the service posts events of the account to an address.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Webhook, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Webhook))]
public sealed partial class NewWebhookCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly WebhookParameters _webhook = new();

    /// <summary>The https address to post events to. Plain http is accepted for a loopback address, which only the emulator can reach.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Uri { get; set; } = "";

    internal override string Verb => "create";

    internal override string AdviceForPending => "Check with Get-PRWebhook.";

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem(Uri, () =>
    {
        WebhookRequest request = _webhook.ToRequest(Uri, this);
        if (request.Events is null)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was sent: Event: a webhook needs at least one event, for example balance.low.") { Field = nameof(Event) };
        Context context = CurrentContext();
        if (!Prompt.Confirms(request.Url + " (" + string.Join(", ", request.Events.ToArray()) + ")", "Create webhook"))
            return;
        Runner.Queue("webhook", request.Url, 1, async (observer, cancel) => await Connection.Of(context).Client.CreateWebhookAsync(request, observer, cancel).ConfigureAwait(false));
    });
}
