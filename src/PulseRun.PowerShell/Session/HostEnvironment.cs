using System;

namespace PulseRun.PowerShell.Session;

/// <summary>What kind of host this is.</summary>
internal static class HostEnvironment
{
    /// <summary>Whether a person sits in front of it: not a scheduled task, a pipe, or pwsh -NonInteractive.</summary>
    public static bool IsInteractive =>
        Environment.UserInteractive
        && !Console.IsInputRedirected
        && !Array.Exists(Environment.GetCommandLineArgs(), static argument => argument.StartsWith("-noni", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether another program can have this terminal for itself.</summary>
    public static bool HasTerminal => IsInteractive && !Console.IsOutputRedirected;
}
