using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Notify;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Sends a message to a webhook: as JSON, or in the format of Slack or Teams. Needs no connection to PulseRun and sends no request to it.</summary>
[Cmdlet(VerbsCommunications.Send, Nouns.Notification, DefaultParameterSetName = TextSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed partial class SendNotificationCommand : PulseRunCmdlet
{
    private const string TextSet = "Text";
    private const string InstanceSet = "Instance";

    /// <summary>The longest message: Slack accepts 3000 characters.</summary>
    private const int LongestMessage = 3000;

    [ParameterGroup]
    private readonly ReceiverParameters _receiver = new();

    private INotifier? _notifier;

    /// <summary>The text of the notification (1 to 3000 characters). Links and mentions of Slack and Teams are not interpreted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = TextSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InstanceSet)]
    [ValidateNotNullOrEmpty]
    public string Message { get; set; } = "";

    /// <summary>An instance that the notification is about. Its id, GPU type, provider, region and price are added.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InstanceSet)]
    [ValidateNotNull]
    public InstanceReference? InputObject { get; set; }

    /// <summary>The name of the event in the JSON format, for a receiver that distinguishes events (letters, digits and . _ - only, default message).</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9._-]{1,64}$")]
    public string Event { get; set; } = "message";

    /// <summary>Marks the notification as a warning that a person should act on.</summary>
    [Parameter]
    public SwitchParameter AsWarning { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _notifier = _receiver.Create(SessionState)
        ?? throw new PulseRunException(ErrorIds.InvalidRequest, "NotifyUri: there is no receiver. Pass -NotifyUri or -NotifyUriFile, or set PULSERUN_NOTIFY_URI. Nothing was sent.") { Field = nameof(NotifyUri) };

    /// <inheritdoc/>
    protected override void OnRecord() => Runner.TryItem((object?)InputObject ?? Message, () =>
    {
        Notice notice = ToNotice();
        if (Prompt.Confirms(notice.Subject + ": " + CleanText.Clean(notice.Message, 80), "Send notification"))
            Runner.RunToEnd(cancel => _notifier!.SendAsync(notice, Guid.NewGuid().ToString("N"), Runner.Observer, cancel), (object?)InputObject ?? Message);
    });

    private Notice ToNotice()
    {
        // The lines of a message are kept; other control characters could mislead a reader.
        string message = string.Join("\n", Message.Split('\n').Select(static line => CleanText.Printable(line.TrimEnd('\r')))).Trim();
        if (message.Length is 0 or > LongestMessage)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Message: the text must have 1 to 3000 characters. Nothing was sent.") { Field = nameof(Message) };
        Instance? known = InputObject?.Known;
        return new Notice
        {
            Event = Event.ToLowerInvariant(),
            Subject = InputObject?.Id ?? "a message",
            Message = message,
            IsWarning = AsWarning,
            Source = message,
            Fields =
            [
                new("id", InputObject?.Id) { Title = "Instance" },
                new("gpu", known?.Gpu) { Title = "GPU" },
                new("provider", known?.Provider) { Title = "Provider" },
                new("region", known?.Region),
                new("costPerHour", known?.CostPerHour) { Title = "Price", Shown = known?.CostPerHour is { } cost ? Display.PerHour(cost) : null },
                new("warning", AsWarning ? "true" : "false"),
                new("time", DateTimeOffset.UtcNow),
            ],
        };
    }
}
