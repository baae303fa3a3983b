using System;
using System.IO;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>The base of tests of whole cleanups against a server that lies. Time is virtual: a half hour of readings takes about a second.</summary>
public abstract class HostileTests : IDisposable
{
    /// <summary>A cleanup as a scheduler runs it, once a minute, without limits that would hide a wrong stop.</summary>
    private const string CleanupCommand = "Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 00:00:00 -MaxUnknownPercent 100 -MaxActions 1000 -RequestBudget 10000 -Confirm:$false";

    private readonly string _data = Directory.CreateTempSubdirectory("pulserun-hostile-").FullName;
    private readonly string? _previous = Environment.GetEnvironmentVariable("PULSERUN_DATA_DIR");

    protected HostileTests()
    {
        Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", _data);
        Shell.Set("server", Server.Emulator);
        Shell.Run("$server | Connect-PulseRun").Succeeded();
    }

    private protected HostileServer Server { get; } = new();

    /// <summary>Gets the folder of the local store.</summary>
    protected string DataFolder => _data;

    private protected Shell Shell { get; } = new();

    /// <summary>Runs a cleanup and returns its actions, as "id action reason verdictReason".</summary>
    private protected string[] CleanUp(string more = "") => Actions(CleanUpWhole(more));

    private protected Outcome CleanUpWhole(string more = "") => Shell.Run(CleanupCommand + " " + more);

    private protected static string[] Actions(Outcome outcome) =>
        outcome.Output.OfType<CleanupAction>().Select(static one => one.Id + " " + one.Action + " " + one.Reason + " " + one.VerdictReason).ToArray();

    /// <summary>Runs a cleanup each minute. Returns the actions of the last one.</summary>
    private protected string[] CleanUpEachMinute(int minutes, string more = "")
    {
        string[] actions = [];
        for (int i = 0; i < minutes; i++)
        {
            Server.Advance(TimeSpan.FromMinutes(1));
            actions = CleanUp(more);
        }
        return actions;
    }

    /// <summary>Records a reading of the whole fleet each minute, without acting.</summary>
    private protected void ReadEachMinute(int minutes)
    {
        for (int i = 0; i < minutes; i++)
        {
            Server.Advance(TimeSpan.FromMinutes(1));
            Shell.Run("Get-PRIdleInstance -RequestBudget 10000").Succeeded();
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Shell.Run("Stop-PREmulator; Disconnect-PulseRun");
        Shell.Dispose();
        Server.Dispose();
        Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", _previous);
        Directory.Delete(_data, recursive: true);
    }
}
