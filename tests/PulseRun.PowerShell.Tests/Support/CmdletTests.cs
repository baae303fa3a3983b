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
/// The base of the tests of cmdlets. Provides a runspace with the module, an emulator on a loopback port, and a folder for files.
/// They are removed after the test. Scripts use the emulator as <c>$emulator</c>.
/// Each test has a data directory of its own: two emulators can get the same port one after the other, and they would share launches and readings.
/// </summary>
public abstract class CmdletTests : IDisposable
{
    private readonly List<Shell> _others = [];
    private readonly Dictionary<string, string?> _variables = [];
    private string? _folder;
    private Emulator? _emulator;

    protected CmdletTests() => Environment.SetEnvironmentVariable(StagedModule.DataDirectoryVariable, DataDirectory);

    /// <summary>Gets the data directory of this test. The module creates it when it first writes to it.</summary>
    protected string DataDirectory { get; } = Path.Combine(StagedModule.DataDirectory, Guid.NewGuid().ToString("N"));

    /// <summary>Gets the runspace in which scripts run.</summary>
    protected Shell Shell { get; } = new();

    /// <summary>Gets the emulator that was started last.</summary>
    protected Emulator Emulator => _emulator ?? throw new InvalidOperationException("No emulator was started.");

    /// <summary>Gets a folder for the files of this test. From the first use on, scripts use it as <c>$folder</c>.</summary>
    protected string Folder
    {
        get
        {
            if (_folder is null)
            {
                _folder = Directory.CreateTempSubdirectory("pulserun-test-").FullName;
                Shell.Set("folder", _folder);
            }
            return _folder;
        }
    }

    /// <summary>Gets the ids of the emulator's instances, in the order of the emulator.</summary>
    protected string[] Ids => Emulator.Instances.Select(static one => one.Id).ToArray();

    /// <summary>Gets the emulator's running instances.</summary>
    protected Instance[] Running => Emulator.Instances.Where(static one => one.Status == "running").ToArray();

    /// <summary>Gets the requests that the emulator received, as "METHOD /path".</summary>
    protected string[] Sent => SentTo(Emulator);

    /// <summary>Runs a script. Errors are part of the outcome.</summary>
    protected Outcome Run(string script) => Shell.Run(script);

    /// <summary>Runs a script. Throws when it fails.</summary>
    protected Outcome Do(string script) => Shell.Run(script).Succeeded();

    /// <summary>Returns the output of a script. Throws when it fails or writes objects of another type.</summary>
    protected T[] GetAll<T>(string script) => Do(script).As<T>();

    /// <summary>Returns the only object that a script writes.</summary>
    protected T Get<T>(string script) => Assert.Single(GetAll<T>(script));

    /// <summary>Starts an emulator and connects to it. It has the seeded fleet, and by default no rate limit and no delays.</summary>
    protected Emulator StartEmulator(int instances = 6, int requestsPerMinute = 0, double timeScale = 1, int seed = 1, string connect = "", string more = "")
    {
        Shell.Set("emulator", null);
        _emulator = Get<Emulator>(FormattableString.Invariant($"Start-PREmulator -Instances {instances} -RequestsPerMinute {requestsPerMinute} -TimeScale {timeScale} -Seed {seed} {more}"));
        _emulator.ProvisioningTime = TimeSpan.Zero;
        _emulator.StartingTime = TimeSpan.Zero;
        Shell.Set("emulator", _emulator);
        Shell.Set("ids", Ids);
        Do("$emulator | Connect-PulseRun " + connect);
        return _emulator;
    }

    /// <summary>Sets an environment variable until the end of the test.</summary>
    protected void SetVariable(string name, string? value)
    {
        _variables.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Connects to the emulator with its key and its address, as to any server.</summary>
    protected void ConnectByKey() =>
        Do("Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri $emulator.BaseUri");

    /// <summary>Runs an action with another data directory.</summary>
    protected void WithDataDirectory(string path, Action act)
    {
        Environment.SetEnvironmentVariable(StagedModule.DataDirectoryVariable, path);
        try
        {
            act();
        }
        finally
        {
            Environment.SetEnvironmentVariable(StagedModule.DataDirectoryVariable, DataDirectory);
        }
    }

    /// <summary>Runs an action while the store is unavailable: there is a file where its folder should be.</summary>
    protected void WithoutStore(Action act)
    {
        string path = Path.Combine(Folder, "a file");
        File.WriteAllText(path, "");
        WithDataDirectory(path, act);
    }

    /// <summary>Adds a fault to the emulator.</summary>
    protected void Fail(EmulatorFault fault) => Emulator.AddFault(fault);

    /// <summary>Delays the requests to a path before they have their effect, until the test calls ClearFaults. Meanwhile it can change what they find.</summary>
    protected void Delay(string path, int skip = 0) => Fail(new() { Kind = EmulatorFaultKind.Delay, Path = path, Skip = skip, Duration = TimeSpan.FromHours(1) });

    /// <summary>Advances the emulator's clock to the middle of an hour, for tests of what happens at full hours.</summary>
    protected void AdvanceToHalfPast() => Emulator.Advance(TimeSpan.FromMinutes((90 - Emulator.UtcNow.Minute) % 60));

    /// <summary>Advances the emulator's clock to a morning unless it is one, for tests with hours that must be of one day and month of this time zone.</summary>
    protected void AdvanceToMorning()
    {
        DateTime local = TimeZoneInfo.ConvertTime(Emulator.UtcNow, TimeZoneInfo.Local).DateTime;
        if (local.Hour < 12)
            return;
        // Instances that run until then cost money.
        Emulator.SetBalance(1000);
        Emulator.Advance(local.Date.AddHours(25) - local);
        Emulator.ClearRequests();
    }

    /// <summary>Starts a script in a separate runspace that is connected to the emulator, so that the test can stop it.</summary>
    protected RunningScript Start(string script)
    {
        Shell shell = OtherShell();
        shell.Set("emulator", Emulator);
        shell.Run("$emulator | Connect-PulseRun").Succeeded();
        return shell.Start(script);
    }

    /// <summary>Returns another runspace with the module and without a connection.</summary>
    protected Shell OtherShell()
    {
        Shell shell = new();
        _others.Add(shell);
        return shell;
    }

    /// <summary>Returns the number of requests that match a wildcard pattern.</summary>
    protected int CountSent(string like) => Sent.Count(line => IsLike(line, like));

    /// <summary>Returns the number of requests that match a wildcard pattern and have had their effect. A request that was only sent may meet what a test changes next.</summary>
    protected int CountAnswered(string like) => Emulator.Requests.Count(request => request.Status != 0 && IsLike(request.Method + " " + request.Path, like));

    /// <summary>Waits until a condition is true. Fails after a minute, which only a very busy machine needs.</summary>
    protected static void WaitUntil(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), "The condition did not become true within a minute.");
            Thread.Sleep(5);
        }
    }

    /// <summary>Fails unless a text matches a wildcard pattern.</summary>
    protected static void AssertLike(string like, string? text) => Assert.True(text is not null && IsLike(text, like), "Not like " + like + ":\n" + text);

    /// <summary>Returns true when a text matches a wildcard pattern.</summary>
    protected static bool IsLike(string text, string like) => new WildcardPattern(like, WildcardOptions.IgnoreCase).IsMatch(text);

    /// <summary>Returns the requests that an emulator received, as "METHOD /path".</summary>
    protected static string[] SentTo(Emulator emulator) => emulator.Requests.Select(static request => request.Method + " " + request.Path).ToArray();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach ((string name, string? value) in _variables)
            Environment.SetEnvironmentVariable(name, value);
        // Stopped before the runspaces are closed, because a hanging request ends with its server.
        Shell.Run("Stop-PREmulator; Disconnect-PulseRun");
        foreach (Shell shell in _others)
            shell.Dispose();
        Shell.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        Environment.SetEnvironmentVariable(StagedModule.DataDirectoryVariable, StagedModule.DataDirectory);
    }
}
