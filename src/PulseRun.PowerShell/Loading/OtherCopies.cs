using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PulseRun.PowerShell.Loading;

/// <summary>
/// Detects that another copy of the module, such as another version, was imported into a process that has loaded this one. .NET loads an assembly of a
/// name once, so the commands of the other copy are those of this assembly, while Get-Module shows the other version.
/// </summary>
internal static class OtherCopies
{
    private static readonly ConditionalWeakTable<Runspace, object> s_unchecked = new();
    private static readonly string s_folder = Trim(Path.Combine(Path.GetDirectoryName(typeof(OtherCopies).Assembly.Location) ?? "", "..", ".."));
    private static readonly object s_lock = new();
    private static bool s_wasImported;
    private static bool s_hasUnchecked;

    /// <summary>Notes an import. The importing module is not visible yet, so the next command looks at it.</summary>
    public static void OnImport()
    {
        lock (s_lock)
        {
            if (s_wasImported && Runspace.DefaultRunspace is { } runspace)
            {
                s_unchecked.GetOrCreateValue(runspace);
                s_hasUnchecked = true;
            }
            s_wasImported = true;
        }
    }

    /// <summary>Returns a warning when the session has imported another copy since the last call; null otherwise. Costs nothing in a session that has imported the module once.</summary>
    public static string? TakeNotice(PSCmdlet cmdlet)
    {
        if (!s_hasUnchecked)
            return null;
        lock (s_lock)
        {
            if (!s_unchecked.Remove(Runspace.DefaultRunspace))
                return null;
        }
        foreach (PSObject one in cmdlet.InvokeCommand.InvokeScript("Microsoft.PowerShell.Core\\Get-Module PulseRun"))
        {
            if (one.BaseObject is PSModuleInfo module && !string.Equals(Trim(module.ModuleBase), s_folder, StringComparison.OrdinalIgnoreCase))
            {
                string mine = typeof(OtherCopies).Assembly.GetName().Version?.ToString(3) ?? "?";
                return "PulseRun " + module.Version + " was imported from '" + module.ModuleBase + "', but this process runs PulseRun " + mine + " from '" + s_folder
                    + "', and .NET cannot replace it. Start a new PowerShell process to use the other copy.";
            }
        }
        return null;
    }

    private static string Trim(string path) => Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
}
