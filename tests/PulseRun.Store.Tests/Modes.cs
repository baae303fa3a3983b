#if NET
#pragma warning disable CA1416 // Only tests with UnixFact use this class.
using System;
using System.IO;

namespace PulseRun.Store.Tests;

/// <summary>Reads and sets file modes in octal notation.</summary>
internal static class Modes
{
    public static string Of(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    public static void Set(string path, string octal) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));

    /// <summary>Runs a program for which .NET has no API: chown, mkfifo, truncate.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(program + " ended with " + process.ExitCode + ".");
    }
}
#endif
