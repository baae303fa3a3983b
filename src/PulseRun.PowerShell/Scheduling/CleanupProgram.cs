using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.InteropServices;
using PulseRun.Core.Schedule;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>The program that a scheduled cleanup starts: this PowerShell, with the cleanup script of the module.</summary>
internal static class CleanupProgram
{
    private const string ScriptName = "Stop-IdleGpu.ps1";

    /// <summary>The variables that say where the settings and the history of this session are, and the files with the password and the services of a team's store. Never a key.</summary>
    private static readonly string[] s_places = ["XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOTNET_ROOT", "PGPASSFILE", "PGSERVICEFILE"];

    /// <summary>Returns the task for a scheduler.</summary>
    /// <param name="name">The name of the task.</param>
    /// <param name="intervalMinutes">The minutes from one start to the next.</param>
    /// <param name="script">The arguments of the script.</param>
    /// <param name="scheduler">The scheduler that starts it.</param>
    /// <param name="cmdlet">The running cmdlet: its session and its module.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the script is missing.</exception>
    public static TaskSpec ToTask(string name, int intervalMinutes, IReadOnlyList<string> script, CleanupScheduler scheduler, PSCmdlet cmdlet)
    {
        bool isWindows = scheduler == CleanupScheduler.TaskScheduler;
        (string program, List<string> arguments) = Shell((string)cmdlet.SessionState.PSVariable.GetValue("PSHOME"));
        arguments.AddRange(["-NoProfile", "-NonInteractive"]);
        if (isWindows)
            arguments.AddRange(["-WindowStyle", "Hidden", "-ExecutionPolicy", "RemoteSigned"]);
        string path = Path.Combine(cmdlet.MyInvocation.MyCommand.Module.ModuleBase, ScriptName);
        if (!File.Exists(path))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The module is not whole: there is no '" + path + "'.");
        return new TaskSpec { Name = name, Program = program, Arguments = [.. arguments, "-File", path, .. script], IntervalMinutes = intervalMinutes, Variables = isWindows ? [] : Variables() };
    }

    /// <summary>Returns the environment that the script needs and that a scheduler does not give.</summary>
    private static List<KeyValuePair<string, string>> Variables()
    {
        var variables = new List<KeyValuePair<string, string>> { new("NO_COLOR", "1") };
        variables.AddRange(s_places
            .Select(static name => new KeyValuePair<string, string>(name, Environment.GetEnvironmentVariable(name) ?? ""))
            .Where(static one => one.Value.Length > 0 && one.Value[0] == '/'));
        return variables;
    }

    /// <summary>Returns this PowerShell, as a program and the arguments that come before all others.</summary>
    private static (string Program, List<string> Arguments) Shell(string home)
    {
        string ending = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".exe" : "";
        foreach (string name in new[] { "pwsh", "powershell" })
        {
            string program = Path.Combine(home, name + ending);
            if (File.Exists(program))
                return (program, []);
        }
        // The dotnet tool has no program of its own.
        using Process self = Process.GetCurrentProcess();
        return (self.MainModule!.FileName!, [Path.Combine(home, "pwsh.dll")]);
    }
}
