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

/// <summary>Finds and starts other programs, by full path, without a shell, and with separate arguments.</summary>
internal static class Programs
{
    /// <summary>Returns the full path of a program.</summary>
    /// <param name="name">The name of the program, without an extension.</param>
    /// <param name="package">The package that contains the program, for the error message.</param>
    /// <exception cref="PulseRunException">ProgramUnavailable: the program is not on the PATH.</exception>
    public static string Find(string name, string package)
    {
        string? systemDirectory = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? SystemDirectory() : null;
        return ProgramPaths.Candidates(name, Environment.GetEnvironmentVariable("PATH"), systemDirectory).FirstOrDefault(File.Exists)
            ?? throw new PulseRunException(ErrorIds.ProgramUnavailable, "The program '" + name + "' was not found on the PATH. It is part of " + package + ".");
    }

    /// <summary>Returns the start information of a program. Streams are inherited unless redirected. The environment is inherited without the variables that contain the key.</summary>
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

    /// <exception cref="PulseRunException">ProgramUnavailable: the program cannot be started.</exception>
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

    /// <summary>Kills a program if it still runs. Callable from any thread.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            // The program has already ended.
        }
    }

    /// <summary>Returns the native system folder. A 32-bit process on 64-bit Windows is redirected to another System32, which has no ssh.</summary>
    private static string SystemDirectory() => Environment.Is64BitOperatingSystem && !Environment.Is64BitProcess
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), "Sysnative")
        : Environment.SystemDirectory;
}
