using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters for the receiver of notifications.</summary>
internal sealed class NotifyParameters
{
    /// <summary>The environment variable with the address.</summary>
    public const string Variable = "PULSERUN_NOTIFY_URI";

    /// <summary>
    /// The https address that gets a notification of each warning and of each act (http for a loopback address only). It is a secret: it is not stored and
    /// appears in no message. Other users of the machine can see command lines, so in a scheduled task use -NotifyUriFile or PULSERUN_NOTIFY_URI.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotifyUri { get; set; }

    /// <summary>A script block that gets each event (a PulseRun.CleanupEvent) as its argument, instead of an address: { param($event) ... }. An event is delivered when the script block ends without an error.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Notify { get; set; }

    /// <summary>Returns what delivers notifications; null when there is no receiver.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the address is invalid, there is more than one receiver, or there is none for the warning.</exception>
    public INotifier? Create(PulseRunCmdlet cmdlet, LadderParameters ladder)
    {
        if (new object?[] { NotifyUri, Notify, ladder.NotifyUriFile }.Count(static one => one is not null) > 1)
            throw Refuse(nameof(NotifyUri), "give -NotifyUri, -NotifyUriFile or -Notify, not several of them");
        if (Notify is { } script)
            return new ScriptNotifier(new PipelineScript(cmdlet, script));
        string? inherited = Environment.GetEnvironmentVariable(Variable);
        Uri? address = NotifyUri is { } text ? NotifyAddress.Parse(text, nameof(NotifyUri))
            : ladder.AddressInFile(cmdlet.SessionState)
            ?? (string.IsNullOrWhiteSpace(inherited) ? null : NotifyAddress.Parse(inherited, Variable));
        if (address is null && ladder.WarnAfter is not null)
            throw Refuse(nameof(LadderParameters.WarnAfter), "a warning needs a receiver: -NotifyUri, -NotifyUriFile, -Notify or " + Variable);
        return address is null ? null : Libraries.CreateNotifier(address, ladder.NotifyFormat);
    }

    private static PulseRunException Refuse(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + ". Nothing was done.") { Field = field };
}
