using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security;
using PulseRun.Core.Webhooks;
using PulseRun.PowerShell.Completion;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that describe a webhook.</summary>
internal sealed class WebhookParameters
{
    /// <summary>The events, for example balance.low. One that the documentation does not list is sent as it is, with a warning.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WebhookEventCompleter))]
    public string[]? Event { get; set; }

    /// <summary>The secret to sign deliveries with, as a SecureString. The service does not document it; without this parameter it is not sent.</summary>
    [Parameter]
    [NotText]
    public SecureString? Secret { get; set; }

    /// <summary>Turns deliveries on; -Enabled:$false turns them off. The service does not document it; without this parameter it is not sent.</summary>
    [Parameter]
    public SwitchParameter Enabled { get; set; }

    /// <summary>Returns the values that were given.</summary>
    /// <param name="uri">The address; null when it was not given.</param>
    /// <param name="cmdlet">The cmdlet, for warnings.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is not valid.</exception>
    public WebhookRequest ToRequest(string? uri, PSCmdlet cmdlet)
    {
        string[]? events = Event?.Select(static name => name.Trim()).ToArray();
        if (events is not null && events.Any(static name => name.Length == 0))
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was sent: Event: the name of an event is empty.") { Field = nameof(Event) };
        SecretParameters.Check(Secret, nameof(Secret));
        var request = new WebhookRequest
        {
            Url = uri is null ? null : WebhookAddress.Check(uri),
            Events = events,
            Enabled = cmdlet.MyInvocation.BoundParameters.ContainsKey(nameof(Enabled)) ? Enabled.IsPresent : null,
            Secret = Secret,
        };
        WarnOfUnknown(events ?? [], cmdlet);
        return request;
    }

    /// <summary>Warns about events that the documentation does not list.</summary>
    public static void WarnOfUnknown(IEnumerable<string> events, PSCmdlet cmdlet)
    {
        foreach (string name in events.Where(static name => !WebhookEvents.IsKnown(name)))
            cmdlet.WriteWarning("The documentation does not list the event '" + PulseRun.Core.Text.CleanText.Clean(name, 100) + "'. It lists " + WebhookEvents.KnownNames + ".");
    }
}
