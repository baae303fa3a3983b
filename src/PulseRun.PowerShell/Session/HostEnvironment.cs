using System;

namespace PulseRun.PowerShell.Session;

/// <summary>Describes the host of this process.</summary>
internal static class HostEnvironment
{
    /// <summary>True when a person can use the host. False in a scheduled task, with redirected input, and with pwsh -NonInteractive.</summary>
    public static bool IsInteractive =>
        Environment.UserInteractive
        && !Console.IsInputRedirected
        && !Array.Exists(Environment.GetCommandLineArgs(), static argument => argument.StartsWith("-noni", StringComparison.OrdinalIgnoreCase));

    /// <summary>True in the process of Start-Job, which PowerShell starts with -s and which shares no objects with the session.</summary>
    public static bool IsJobProcess => Array.Exists(Environment.GetCommandLineArgs(), static argument => argument is "-s");

    /// <summary>True when another program can use this terminal interactively.</summary>
    public static bool HasTerminal => IsInteractive && !Console.IsOutputRedirected;
}
