using System;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Identifies who launches instances.</summary>
internal static class Launcher
{
    /// <summary>Gets the user and host of this process, as user@host.</summary>
    public static string Me { get; } = Environment.UserName + "@" + Environment.MachineName;
}
