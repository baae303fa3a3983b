namespace PulseRun.PowerShell.Completion;

/// <summary>Names the instances that a command can be applied to.</summary>
internal enum CompletionFilter
{
    /// <summary>All instances, terminated ones too.</summary>
    Any,

    /// <summary>Instances that still exist.</summary>
    Present,

    /// <summary>Instances that are billed and are not stopping: they can be stopped, and they have metrics.</summary>
    Up,

    /// <summary>Running instances.</summary>
    Running,

    /// <summary>Stopped instances, which can be started.</summary>
    Stopped,

    /// <summary>Instances that exist and are not being terminated.</summary>
    Removable,

    /// <summary>Instances that Protect-PRInstance protects.</summary>
    Protected,
}

/// <summary>Decides which instances are offered for which cmdlet.</summary>
internal static class CompletionFilters
{
    /// <summary>Returns the filter of a cmdlet. The case of the name does not matter.</summary>
    public static CompletionFilter For(string command) => command.ToUpperInvariant() switch
    {
        "GET-PRINSTANCE" or "GET-PRTRANSACTION" or "RESOLVE-PRLAUNCH" => CompletionFilter.Any,
        "GET-PRINSTANCEMETRICS" or "STOP-PRINSTANCE" => CompletionFilter.Up,
        "GET-PRIDLEINSTANCE" or "ENTER-PRINSTANCE" or "INVOKE-PRCOMMAND" or "OPEN-PRJUPYTER" => CompletionFilter.Running,
        "START-PRINSTANCE" => CompletionFilter.Stopped,
        "REMOVE-PRINSTANCE" => CompletionFilter.Removable,
        "UNPROTECT-PRINSTANCE" or "GET-PRPROTECTION" => CompletionFilter.Protected,
        _ => CompletionFilter.Present,
    };

    /// <summary>Returns true when an instance in this state is offered. A state that is not documented counts as billed and not final, so that a new state of the API hides no instance.</summary>
    public static bool Applies(this CompletionFilter choice, string? status) => choice switch
    {
        CompletionFilter.Any => true,
        CompletionFilter.Up => InstanceStatus.IsBurning(status) && !InstanceStatus.Is(status, InstanceStatus.Stopping) && !InstanceStatus.Is(status, InstanceStatus.Terminating),
        CompletionFilter.Running => InstanceStatus.Is(status, InstanceStatus.Running),
        CompletionFilter.Stopped => InstanceStatus.Is(status, InstanceStatus.Stopped),
        CompletionFilter.Removable => !InstanceStatus.Is(status, InstanceStatus.Terminated) && !InstanceStatus.Is(status, InstanceStatus.Terminating),
        _ => !InstanceStatus.Is(status, InstanceStatus.Terminated),
    };
}
