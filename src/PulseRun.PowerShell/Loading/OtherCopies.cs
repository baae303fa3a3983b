using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading;

namespace PulseRun.PowerShell.Loading;

/// <summary>
/// Detects that another copy of the module, such as another version, was imported into a process that has loaded this one. .NET loads an assembly of a
/// name once, so the commands of the other copy are those of this assembly, while Get-Module shows the other version.
/// </summary>
internal static class OtherCopies
{
    /// <summary>Counts the imports. The first one, which every process pays for, does nothing else.</summary>
    private static int s_imports;

    /// <summary>Notes an import. The importing module is not visible yet, so the next command looks at it.</summary>
    public static void OnImport()
    {
        if (Interlocked.Increment(ref s_imports) > 1)
            Sessions.Add();
    }

    /// <summary>Returns a warning when the session has imported another copy since the last call; null otherwise. Costs nothing in a session that has imported the module once.</summary>
    public static string? TakeNotice(PSCmdlet cmdlet)
    {
        if (Volatile.Read(ref s_imports) < 2 || !Sessions.Remove())
            return null;
        string folder = Trim(Path.Combine(Path.GetDirectoryName(typeof(OtherCopies).Assembly.Location) ?? "", "..", ".."));
        foreach (PSObject one in cmdlet.InvokeCommand.InvokeScript("Microsoft.PowerShell.Core\\Get-Module PulseRun"))
        {
            if (one.BaseObject is PSModuleInfo module && !string.Equals(Trim(module.ModuleBase), folder, StringComparison.OrdinalIgnoreCase))
            {
                string mine = typeof(OtherCopies).Assembly.GetName().Version?.ToString(3) ?? "?";
                return "PulseRun " + module.Version + " was imported from '" + module.ModuleBase + "', but this process runs PulseRun " + mine + " from '" + folder
                    + "', and .NET cannot replace it. Start a new PowerShell process to use the other copy.";
            }
        }
        return null;
    }

    private static string Trim(string path) => Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);

    /// <summary>Holds the sessions that have imported the module again and were not looked at since.</summary>
    private static class Sessions
    {
        private static readonly ConditionalWeakTable<Runspace, object> s_unchecked = new();
        private static readonly object s_lock = new();

        public static void Add()
        {
            lock (s_lock)
            {
                if (Runspace.DefaultRunspace is { } runspace)
                    s_unchecked.GetOrCreateValue(runspace);
            }
        }

        public static bool Remove()
        {
            lock (s_lock)
                return Runspace.DefaultRunspace is { } runspace && s_unchecked.Remove(runspace);
        }
    }
}
