using System;

namespace PulseRun;

/// <summary>Contains the states that this client knows (docs/dev/api.md). The server may send others; they are passed on unchanged, count as billed, and are never final.</summary>
public static class InstanceStatus
{
    /// <summary>The instance is being set up at the provider; most providers bill it already.</summary>
    public const string Provisioning = "provisioning";

    /// <summary>A stopped instance is being started.</summary>
    public const string Starting = "starting";

    /// <summary>The instance is running and billed.</summary>
    public const string Running = "running";

    /// <summary>The instance is being stopped.</summary>
    public const string Stopping = "stopping";

    /// <summary>The instance is stopped: it has no hourly price, and its disk is kept.</summary>
    public const string Stopped = "stopped";

    /// <summary>The instance is being terminated.</summary>
    public const string Terminating = "terminating";

    /// <summary>The instance and its disk are deleted.</summary>
    public const string Terminated = "terminated";

    /// <summary>The instance failed permanently.</summary>
    public const string Failed = "failed";

    /// <summary>The instance is in an error state.</summary>
    public const string Error = "error";

    /// <summary>All known states, in the order of an instance's life cycle.</summary>
    public static readonly System.Collections.Generic.IReadOnlyList<string> Known =
        [Provisioning, Starting, Running, Stopping, Stopped, Terminating, Terminated, Failed, Error];

    /// <summary>Returns true when no further change is expected: terminated, failed or error. Unknown states are never final.</summary>
    public static bool IsFinal(string? status) => Is(status, Terminated) || Is(status, Failed) || Is(status, Error);

    /// <summary>Returns true when the instance is billed: in every state but stopped, terminated, failed and error.</summary>
    public static bool IsBurning(string? status) => !Is(status, Stopped) && !IsFinal(status);

    /// <summary>Returns true when two states are equal, ignoring case.</summary>
    public static bool Is(string? status, string expected) => string.Equals(status, expected, StringComparison.OrdinalIgnoreCase);
}
