using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters for what happens before a stop, for a run and for a registered task.</summary>
internal sealed class LadderParameters
{
    /// <summary>The longest command that every platform accepts, with room for its quotes.</summary>
    private const int MaxLength = 15_000;

    /// <summary>
    /// Warns when an instance has been idle for this long (at least 1 second, shorter than -IdleFor). An instance is then stopped only if its warning
    /// was delivered, and at the earliest -IdleFor minus -WarnAfter later. Default: stops without a warning. Needs an address or a script for notifications.
    /// </summary>
    [Parameter]
    public TimeSpan? WarnAfter { get; set; }

    /// <summary>A file that contains the https address for notifications, so that the address appears on no command line. Default: the address in PULSERUN_NOTIFY_URI, else none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotifyUriFile { get; set; }

    /// <summary>The format of notifications: Json (default; see about_PulseRun_Ladder), Slack (incoming webhook) or Teams (Adaptive Card).</summary>
    [Parameter]
    public NotifyFormat NotifyFormat { get; set; }

    /// <summary>
    /// A command that runs on an instance, by ssh, before it is stopped, for example to save a checkpoint. Text for the shell of the instance, passed
    /// on unchanged. After it the instance is looked at once more, so a command that loads a GPU prevents the stop.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BeforeStop { get; set; }

    /// <summary>The time limit of -BeforeStop, in seconds, including the connection (1 to 3600, default 300).</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int BeforeStopTimeoutSec { get; set; } = 300;

    /// <summary>The treatment of an instance whose -BeforeStop fails or exceeds its time limit: Skip (default) leaves the instance running, Stop stops it anyway.</summary>
    [Parameter]
    public HookFailureAction OnHookFailure { get; set; }

    /// <summary>Returns the rule for the warning; null without one.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is invalid.</exception>
    public LadderRule? RuleFor(TimeSpan idleFor)
    {
        if (BeforeStop is { } command && (string.IsNullOrWhiteSpace(command) || command.Length > MaxLength || command.Any(static c => c == '\0')))
            throw new PulseRunException(ErrorIds.InvalidRequest, "BeforeStop: the command must have 1 to 15000 characters and no null character. Nothing was done.") { Field = nameof(BeforeStop) };
        if (WarnAfter is not { } warnAfter)
            return null;
        var rule = new LadderRule(idleFor, warnAfter);
        return rule.Check() is { } wrong ? throw wrong : rule;
    }

    /// <summary>Returns what runs before a stop; null for nothing. Call it on the pipeline thread.</summary>
    public StopHook? HookFor(SshParameters ssh, Context context) =>
        BeforeStop is { } command ? new StopHook(ssh.ClientFor(context), context, command, TimeSpan.FromSeconds(BeforeStopTimeoutSec), OnHookFailure) : null;

    /// <summary>Returns the address in the file of -NotifyUriFile; null without a file.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be read, or does not contain an https address.</exception>
    public Uri? AddressInFile(SessionState session) =>
        NotifyUriFile is { } path ? NotifyAddress.Parse(SecretFile.ReadLine(session.Path.GetUnresolvedProviderPathFromPSPath(path), nameof(NotifyUriFile)), nameof(NotifyUriFile)) : null;
}
