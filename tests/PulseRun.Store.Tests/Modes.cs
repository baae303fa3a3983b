#if NET
#pragma warning disable CA1416 // Only asked by tests marked UnixFact.
using System;
using System.IO;

namespace PulseRun.Store.Tests;

/// <summary>File modes in the octal digits people know.</summary>
internal static class Modes
{
    public static string Of(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    public static void Set(string path, string octal) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));

    /// <summary>Runs a program that .NET has no call for: chown, mkfifo, truncate.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(program + " ended with " + process.ExitCode + ".");
    }
}
#endif
