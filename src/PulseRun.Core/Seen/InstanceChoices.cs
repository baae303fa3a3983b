namespace PulseRun.Seen;

/// <summary>Which instances are offered for what.</summary>
internal static class InstanceChoices
{
    /// <summary>What a cmdlet is of use for, by its name, whatever its case.</summary>
    public static InstanceChoice For(string command) => command.ToUpperInvariant() switch
    {
        "GET-PRINSTANCE" or "GET-PRTRANSACTION" or "RESOLVE-PRLAUNCH" => InstanceChoice.Any,
        "GET-PRINSTANCEMETRICS" or "STOP-PRINSTANCE" => InstanceChoice.Up,
        "GET-PRIDLEINSTANCE" or "ENTER-PRINSTANCE" or "INVOKE-PRCOMMAND" or "OPEN-PRJUPYTER" => InstanceChoice.Running,
        "START-PRINSTANCE" => InstanceChoice.Stopped,
        "REMOVE-PRINSTANCE" => InstanceChoice.Removable,
        "UNPROTECT-PRINSTANCE" or "GET-PRPROTECTION" => InstanceChoice.Protected,
        _ => InstanceChoice.Present,
    };

    /// <summary>Whether an instance in this state is offered. An unknown state is neither final nor free (api.md section 5).</summary>
    public static bool Applies(this InstanceChoice choice, string? status) => choice switch
    {
        InstanceChoice.Any => true,
        InstanceChoice.Up => InstanceStatus.IsBurning(status) && !InstanceStatus.Is(status, InstanceStatus.Stopping) && !InstanceStatus.Is(status, InstanceStatus.Terminating),
        InstanceChoice.Running => InstanceStatus.Is(status, InstanceStatus.Running),
        InstanceChoice.Stopped => InstanceStatus.Is(status, InstanceStatus.Stopped),
        InstanceChoice.Removable => !InstanceStatus.Is(status, InstanceStatus.Terminated) && !InstanceStatus.Is(status, InstanceStatus.Terminating),
        _ => !InstanceStatus.Is(status, InstanceStatus.Terminated),
    };
}
