using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Other programs: found by their whole path, started without a shell, their arguments one by one.</summary>
internal static class Programs
{
    /// <summary>Where a program is.</summary>
    /// <param name="name">The program, without an ending.</param>
    /// <param name="package">What a person installs to get it.</param>
    /// <exception cref="PulseRunException">ProgramUnavailable.</exception>
    public static string Find(string name, string package)
    {
        string? systemDirectory = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? SystemDirectory() : null;
        return ProgramPaths.Candidates(name, Environment.GetEnvironmentVariable("PATH"), systemDirectory).FirstOrDefault(File.Exists)
            ?? throw new PulseRunException(ErrorIds.ProgramUnavailable, "There is no " + name + " on this machine's PATH: it comes with " + package + ".");
    }

    /// <summary>Returns what starts a program. Input, output and errors are this process's own unless redirected; the environment is too, without the variables that hold the key.</summary>
    public static ProcessStartInfo StartInfo(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
#if NET
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
#else
        start.Arguments = WindowsCommandLine.Join(arguments);
#endif
        ChildEnvironment.RemoveKeys(start.Environment);
        return start;
    }

    /// <exception cref="PulseRunException">ProgramUnavailable: it is there and does not start.</exception>
    public static void Start(Process process)
    {
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + process.StartInfo.FileName + "' cannot be started: " + error.Message, error);
        }
    }

    /// <summary>Ends a program at once, if it still runs. From any thread.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>A 32-bit process on 64-bit Windows sees another System32, which has no ssh.</summary>
    private static string SystemDirectory() => Environment.Is64BitOperatingSystem && !Environment.Is64BitProcess
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), "Sysnative")
        : Environment.SystemDirectory;
}
