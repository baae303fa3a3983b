using System;
using System.Management.Automation;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters for the receiver of a notification that no cleanup sends.</summary>
internal sealed class ReceiverParameters
{
    /// <summary>
    /// The https address that gets the notification (http for a loopback address only). It is a secret: it is not stored and appears in no message.
    /// Other users of the machine can see command lines, so in a scheduled task use -NotifyUriFile or PULSERUN_NOTIFY_URI.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotifyUri { get; set; }

    /// <summary>A file that contains the https address, so that the address appears on no command line. Default: the address in PULSERUN_NOTIFY_URI.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotifyUriFile { get; set; }

    /// <summary>The format of notifications: Json (default; see about_PulseRun_Ladder), Slack (incoming webhook) or Teams (Adaptive Card).</summary>
    [Parameter]
    public NotifyFormat NotifyFormat { get; set; }

    /// <summary>Returns what delivers notifications; null when there is no address.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the address is invalid, or there are two.</exception>
    public INotifier? Create(SessionState session)
    {
        if (NotifyUri is not null && NotifyUriFile is not null)
            throw new PulseRunException(ErrorIds.InvalidRequest, "NotifyUri: give -NotifyUri or -NotifyUriFile, not both. Nothing was done.") { Field = nameof(NotifyUri) };
        string? inherited = Environment.GetEnvironmentVariable(NotifyParameters.Variable);
        Uri? address = NotifyUri is { } text ? NotifyAddress.Parse(text, nameof(NotifyUri))
            : NotifyUriFile is { } path ? NotifyAddress.Parse(SecretFile.ReadLine(session.Path.GetUnresolvedProviderPathFromPSPath(path), nameof(NotifyUriFile)), nameof(NotifyUriFile))
            : string.IsNullOrWhiteSpace(inherited) ? null
            : NotifyAddress.Parse(inherited, NotifyParameters.Variable);
        return address is null ? null : Libraries.CreateNotifier(address, NotifyFormat);
    }
}
