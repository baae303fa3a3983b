using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Xunit;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>
/// What every test of cmdlets has: a runspace with the module, an emulator on a loopback port, and a folder for files.
/// Everything ends with the test. Scripts find the emulator in <c>$emulator</c> and the folder in <c>$folder</c>.
/// </summary>
public abstract class CmdletTests : IDisposable
{
    private readonly List<Shell> _others = [];
    private string? _folder;
    private Emulator? _emulator;

    /// <summary>The runspace that <see cref="Run"/> and the others use.</summary>
    protected Shell Shell { get; } = new();

    /// <summary>The emulator that was started last.</summary>
    protected Emulator Emulator => _emulator ?? throw new InvalidOperationException("No emulator was started.");

    /// <summary>A folder for the files of this test.</summary>
    protected string Folder => _folder ??= Directory.CreateTempSubdirectory("pulserun-test-").FullName;

    /// <summary>The ids of the emulator's instances, in its order.</summary>
    protected string[] Ids => Emulator.Instances.Select(static one => one.Id).ToArray();

    /// <summary>The emulator's instances that run.</summary>
    protected Instance[] Running => Emulator.Instances.Where(static one => one.Status == "running").ToArray();

    /// <summary>The requests the emulator received, as "METHOD /path".</summary>
    protected string[] Sent => SentTo(Emulator);

    /// <summary>Runs a script; errors are part of the outcome.</summary>
    protected Outcome Run(string script) => Shell.Run(script);

    /// <summary>Runs a script that must not fail.</summary>
    protected Outcome Do(string script) => Shell.Run(script).Succeeded();

    /// <summary>Returns all a script writes, which must not fail and must write objects of one type only.</summary>
    protected T[] GetAll<T>(string script) => Do(script).As<T>();

    /// <summary>Returns the one object a script writes.</summary>
    protected T Get<T>(string script) => Assert.Single(GetAll<T>(script));

    /// <summary>Starts an emulator and connects to it. It has the seeded fleet, and neither a rate limit nor a time that things take.</summary>
    protected Emulator StartEmulator(int instances = 6, int requestsPerMinute = 0, double timeScale = 1, int seed = 1, string connect = "")
    {
        Shell.Set("emulator", null);
        _emulator = Get<Emulator>(FormattableString.Invariant($"Start-PREmulator -Instances {instances} -RequestsPerMinute {requestsPerMinute} -TimeScale {timeScale} -Seed {seed}"));
        _emulator.ProvisioningTime = TimeSpan.Zero;
        _emulator.StartingTime = TimeSpan.Zero;
        Shell.Set("emulator", _emulator);
        Shell.Set("ids", Ids);
        Do("$emulator | Connect-PulseRun " + connect);
        return _emulator;
    }

    /// <summary>Makes something go wrong at the emulator.</summary>
    protected void Fail(EmulatorFault fault) => Emulator.AddFault(fault);

    /// <summary>Starts a script in a runspace of its own, connected to the emulator, so that it can be stopped from here.</summary>
    protected RunningScript Start(string script)
    {
        Shell shell = OtherShell();
        shell.Set("emulator", Emulator);
        shell.Run("$emulator | Connect-PulseRun").Succeeded();
        return shell.Start(script);
    }

    /// <summary>Returns one more runspace with the module, connected to nothing.</summary>
    protected Shell OtherShell()
    {
        Shell shell = new();
        _others.Add(shell);
        return shell;
    }

    /// <summary>Returns how many requests there were of a form; * stands for anything.</summary>
    protected int CountSent(string like) => Sent.Count(line => IsLike(line, like));

    /// <summary>Waits until a condition holds, 20 seconds at most.</summary>
    protected static void WaitUntil(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "It did not happen within 20 s.");
            Thread.Sleep(5);
        }
    }

    /// <summary>Fails unless a text has a form; * stands for anything.</summary>
    protected static void AssertLike(string like, string? text) => Assert.True(text is not null && IsLike(text, like), "Not like " + like + ":\n" + text);

    /// <summary>True when a text has a form; * stands for anything.</summary>
    protected static bool IsLike(string text, string like) => new WildcardPattern(like, WildcardOptions.IgnoreCase).IsMatch(text);

    /// <summary>Returns the requests an emulator received, as "METHOD /path".</summary>
    protected static string[] SentTo(Emulator emulator) => emulator.Requests.Select(static request => request.Method + " " + request.Path).ToArray();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        // Before the runspaces: a request that hangs ends with its server.
        Shell.Run("Stop-PREmulator; Disconnect-PulseRun");
        foreach (Shell shell in _others)
            shell.Dispose();
        Shell.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
