namespace PulseRun.PowerShell.Completion;

/// <summary>Which instances a verb is of use for.</summary>
internal enum CompletionFilter
{
    /// <summary>Any, gone ones too: what is read or looked up.</summary>
    Any,

    /// <summary>All that are still there.</summary>
    Present,

    /// <summary>What burns money and is not on its way down: it can be stopped, and has metrics.</summary>
    Up,

    /// <summary>What runs.</summary>
    Running,

    /// <summary>What is stopped, and can be started.</summary>
    Stopped,

    /// <summary>What is there and not on its way out.</summary>
    Removable,

    /// <summary>What cleanup leaves alone.</summary>
    Protected,
}

/// <summary>Which instances are offered for what.</summary>
internal static class CompletionFilters
{
    /// <summary>What a cmdlet is of use for, by its name, whatever its case.</summary>
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

    /// <summary>Whether an instance in this state is offered. An unknown state is neither final nor free (api.md section 5).</summary>
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
