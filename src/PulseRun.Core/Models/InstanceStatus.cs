using System;

namespace PulseRun;

/// <summary>The states this client knows (api.md section 5). The vocabulary is open: any other state is kept as it came and is neither final nor free.</summary>
public static class InstanceStatus
{
    /// <summary>Being set up at the provider; burns money at most providers.</summary>
    public const string Provisioning = "provisioning";

    /// <summary>A stopped instance on its way to running.</summary>
    public const string Starting = "starting";

    /// <summary>Up and burning money.</summary>
    public const string Running = "running";

    /// <summary>On its way to stopped.</summary>
    public const string Stopping = "stopping";

    /// <summary>Stopped: no hourly price, the disk is kept.</summary>
    public const string Stopped = "stopped";

    /// <summary>On its way to terminated.</summary>
    public const string Terminating = "terminating";

    /// <summary>Gone for good, its disk too.</summary>
    public const string Terminated = "terminated";

    /// <summary>Failed for good.</summary>
    public const string Failed = "failed";

    /// <summary>In error.</summary>
    public const string Error = "error";

    /// <summary>All known states, in the order of an instance's life.</summary>
    public static readonly System.Collections.Generic.IReadOnlyList<string> Known =
        [Provisioning, Starting, Running, Stopping, Stopped, Terminating, Terminated, Failed, Error];

    /// <summary>Whether no further change is expected: terminated, failed or error. Unknown states are never final.</summary>
    public static bool IsFinal(string? status) => Is(status, Terminated) || Is(status, Failed) || Is(status, Error);

    /// <summary>Whether money burns: every state does but stopped, terminated, failed and error.</summary>
    public static bool IsBurning(string? status) => !Is(status, Stopped) && !IsFinal(status);

    /// <summary>Whether two states are the same, whatever their case.</summary>
    public static bool Is(string? status, string expected) => string.Equals(status, expected, StringComparison.OrdinalIgnoreCase);
}
