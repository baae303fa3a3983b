using System;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Identifies the user who launches instances and sets budgets.</summary>
internal static class CurrentUser
{
    /// <summary>Gets the user and host of this process, as user@host.</summary>
    public static string Name { get; } = Environment.UserName + "@" + Environment.MachineName;
}
