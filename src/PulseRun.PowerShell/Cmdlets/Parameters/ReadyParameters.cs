using System;
using System.Management.Automation;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that check whether a launched machine works.</summary>
internal sealed class ReadyParameters
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>
    /// Waits until each instance is ready (running, with an address and an ssh command, and -ReadyCommand succeeds), at most this long after its launch was sent, for example 00:20 for 20 minutes.
    /// The instance is written with its TimeToReady. One that is not ready in time is treated as -OnNotReady says; one that is slow is not, before the time is over.
    /// </summary>
    [Parameter]
    public TimeSpan? ReadyWithin { get; set; }

    /// <summary>A command that shows by its exit code 0 that the machine works, for example 'nvidia-smi -L'. It is run by ssh, and repeated until it succeeds or the time of -ReadyWithin is over.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReadyCommand { get; set; }

    /// <summary>The treatment of an instance that is not ready in time: Keep (default), Stop, Remove, or Next, which removes it and launches the next alternative when it is known to be terminated. The error is WaitTimeout, or TerminalState when it failed.</summary>
    [Parameter]
    public NotReadyAction OnNotReady { get; set; }

    /// <summary>Checks the parameters.</summary>
    /// <param name="isActionGiven">True when -OnNotReady was given.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter needs -ReadyWithin, or its value is out of range.</exception>
    public void Check(bool isActionGiven)
    {
        Times.Check(nameof(ReadyWithin), ReadyWithin, s_longest);
        if (ReadyWithin is null && (ReadyCommand is not null || isActionGiven))
        {
            string field = ReadyCommand is not null ? nameof(ReadyCommand) : nameof(OnNotReady);
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was launched: " + field + ": it needs -ReadyWithin, for example -ReadyWithin 00:20.") { Field = field };
        }
    }

    /// <summary>Returns the check of launched machines; null when none was asked for.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="ssh">Returns the ssh client. It is only called when a command is to be run.</param>
    public ReadyCheck? ToCheck(Context context, Func<Context, SshClient> ssh) =>
        ReadyWithin is { } limit ? new ReadyCheck(context, limit, ReadyCommand, ReadyCommand is null ? null : ssh(context), OnNotReady) : null;
}
