#if NET
using System;
using System.Diagnostics;
using System.Linq;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Runs this assembly in another process: see <see cref="Program"/>.</summary>
internal sealed class OtherProcess : IDisposable
{
    public const string IsReady = "ready";

    private readonly Process _process;

    private OtherProcess(Process process) => _process = process;

    /// <summary>Starts the process and waits until it is ready.</summary>
    public static OtherProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string arg in new[] { "exec", typeof(OtherProcess).Assembly.Location }.Concat(args))
            start.ArgumentList.Add(arg);
        var other = new OtherProcess(Process.Start(start)!);
        Assert.Equal(IsReady, other._process.StandardOutput.ReadLine());
        return other;
    }

    public void Go() => _process.StandardInput.WriteLine();

    /// <summary>Returns the output until the end. Fails when the exit code is not 0.</summary>
    public string[] Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        Assert.Equal(0, _process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Kills the process, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
#endif
