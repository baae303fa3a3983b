using System;
using System.IO;
using System.Management.Automation;
using System.Security;
using System.Threading;
using PulseRun.Core.Webhooks;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Receives webhook deliveries on a loopback port, and returns each event once.</summary>
[Cmdlet(VerbsCommunications.Receive, Nouns.Webhook)]
[OutputType(typeof(WebhookEvent))]
public sealed class ReceiveWebhookCommand : PulseRunCmdlet
{
    /// <summary>The port of 127.0.0.1 to listen at (0 to 65535, default 8780; 0 takes a free one). -Verbose shows the address.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, 65_535)]
    public int Port { get; set; } = 8780;

    /// <summary>The secret that deliveries must be signed with, as a SecureString. Without it nothing is checked, and a warning says so.</summary>
    [Parameter]
    [NotText]
    public SecureString? Secret { get; set; }

    /// <summary>The scheme by which deliveries are signed. Default: Standard Webhooks if its headers are there, else HMAC-SHA256 of the body, in hexadecimal or base64, in a header whose name contains "signature".</summary>
    [Parameter]
    public WebhookScheme? Scheme { get; set; }

    /// <summary>The largest difference between the timestamp of a Standard Webhooks delivery and this machine's time (default 00:05).</summary>
    [Parameter]
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Only these events. Others are accepted and dropped.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WebhookEventCompleter))]
    public string[]? Event { get; set; }

    /// <summary>Ends after this number of events (1 to 1000000). Later deliveries are answered with status 503, so that the sender repeats them. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int? MaxEvent { get; set; }

    /// <summary>Ends after this number of seconds (1 to 2000000), without an error. Default: no limit.</summary>
    [Parameter]
    [ValidateRange(1, 2_000_000)]
    public int? TimeoutSec { get; set; }

    internal override bool ShowsProgress => false;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        SecretParameters.Check(Secret, nameof(Secret));
        WebhookParameters.WarnOfUnknown(Event ?? [], this);
        IWebhookListener listener = Open();
        using (listener)
        {
            WriteVerbose("Listening at " + listener.Address + ".");
            if (Secret is null)
                WriteWarning("Signatures are not checked, because -Secret is not given. Any program on this machine can send an event.");
            Runner.RunToEnd(
                async cancel =>
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                    if (TimeoutSec is { } seconds)
                        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
                    try
                    {
                        await listener.RunAsync(one => Runner.PostRows([one]), Runner.Observer.Verbose, limit.Token).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                    {
                        // The time is over, which is not an error.
                    }
                },
                listener.Address);
        }
    }

    private IWebhookListener Open()
    {
        try
        {
            return Libraries.CreateWebhookListener(new WebhookListenerOptions { Port = Port, Secret = Secret, Scheme = Scheme, Tolerance = Tolerance, Events = Event ?? [], MaxEvents = MaxEvent });
        }
        catch (IOException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, error.Message, error) { Field = nameof(Port), Advice = "Choose another port with -Port, or -Port 0 for a free one." };
        }
    }
}
