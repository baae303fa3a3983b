using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>The base of the tests of idle instances. Provides a fleet with known loads and prices, and readings by an accelerated clock.</summary>
public abstract class IdleTests : CmdletTests
{
    /// <summary>The parameters of Get-PRIdleInstance for a rule that seven readings at intervals of two minutes satisfy.</summary>
    protected const string Rule = "-For 00:10:00 -MinSamples 5 -MaxGap 00:03:00";

    /// <summary>A cleanup with the same rule, without confirmation and without delays.</summary>
    protected const string CleanupCommand = "Invoke-PRCleanup -IdleFor 00:10:00 -MinSamples 5 -MaxGap 00:03:00 -Jitter 00:00:00 -Confirm:$false";

    /// <summary>Gets the requests that change something.</summary>
    protected string[] Acts => Sent.Where(static line => !line.StartsWith("GET ", StringComparison.Ordinal)).ToArray();

    /// <summary>Gets the ids of the running instances.</summary>
    protected string[] RunningIds => Running.Select(static one => one.Id).ToArray();

    /// <summary>Returns a reading with this load of the GPU and little memory in use; null is a reading without a load.</summary>
    protected static EmulatorReading Load(double? gpu) => new() { GpuUtilization = gpu, MemoryUsage = 10 };

    /// <summary>Returns a reading that fails: the server has no answer.</summary>
    protected static EmulatorReading NoAnswer() => new() { Missing = true };

    /// <summary>Sets the readings that consecutive requests return; the last one is repeated.</summary>
    protected void SetSeries(string id, params EmulatorReading[] readings) => Emulator.SetWorkload(id, readings, TimeSpan.Zero);

    /// <summary>
    /// Starts an emulator and connects to it. Its instances, inst_0 and so on, have run for ten days and cost 1, 2, ... dollars per hour.
    /// They are idle, except for those with a workload.
    /// </summary>
    protected Emulator StartIdleEmulator(int instances = 6, params (int Index, string Workload)[] workloads)
    {
        Emulator emulator = StartEmulator(0);
        // The emulator's clock advances by days, and at balance 0 every instance would be terminated.
        emulator.SetBalance(1_000_000);
        for (int i = 0; i < instances; i++)
            AddIdleInstance(i);
        foreach ((int index, string workload) in workloads)
            emulator.SetWorkload("inst_" + index.ToString(CultureInfo.InvariantCulture), workload);
        Shell.Set("ids", Ids);
        return emulator;
    }

    /// <summary>Adds one more instance of this kind.</summary>
    protected void AddIdleInstance(int index)
    {
        Instance one = Emulator.AddInstance(new Instance
        {
            Id = "inst_" + index.ToString(CultureInfo.InvariantCulture),
            Gpu = index % 2 == 0 ? "h100_80gb" : "rtx_4090",
            Provider = "vast_ai",
            Region = "eu-west",
            Template = "pytorch",
            CostPerHour = index + 1,
            Status = "running",
            StartedAt = Emulator.UtcNow.AddDays(-10),
            CreatedAt = Emulator.UtcNow.AddDays(-10),
        });
        Emulator.SetWorkload(one.Id, "idle");
    }

    /// <summary>Reads the whole fleet every two minutes, then clears the list of requests. Seven times cover the window of the rule.</summary>
    protected void ReadFleet(int times = 7)
    {
        for (int i = 0; i < times; i++)
        {
            if (i > 0)
                Emulator.Advance(TimeSpan.FromMinutes(2));
            Do("Get-PRIdleInstance");
        }
        // Two calls on a fast machine can have the same millisecond, and the store keeps one reading per millisecond.
        Emulator.Advance(TimeSpan.FromMilliseconds(100));
        Emulator.ClearRequests();
    }

    /// <summary>Advances the clock and records states often enough for a removal after an hour. Takes no readings, and clears the list of requests.</summary>
    protected void WatchFleet(int minutes, int step = 8)
    {
        for (int passed = 0; passed < minutes; passed += step)
        {
            Emulator.Advance(TimeSpan.FromMinutes(Math.Min(step, minutes - passed)));
            Do("Get-PRIdleInstance -NoSample");
        }
        Emulator.ClearRequests();
    }

    /// <summary>Runs a cleanup with the rule and returns its actions, as "id action reason". Throws when it fails.</summary>
    protected string[] CleanUp(string more = "") => Text(RunCleanup(more).Succeeded());

    /// <summary>Runs a cleanup with the rule. Errors are part of the outcome.</summary>
    protected Outcome RunCleanup(string more = "") => Run(CleanupCommand + " " + more);

    /// <summary>Returns the actions of a cleanup, as "id action reason".</summary>
    protected static string[] Text(Outcome cleanup) => cleanup.As<CleanupAction>().Select(static action => action.Id + " " + action.Action + " " + action.Reason).ToArray();

    /// <summary>Executes SQL in the store that is in use, through the SQLite library that the module has loaded.</summary>
    protected void ExecuteInStore(string sql)
    {
        Shell.Set("sql", sql);
        Do("""
            $raw = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetType('SQLitePCL.raw') } | Select-Object -First 1
            $db = $null
            if ($raw::sqlite3_open((Join-Path $env:PULSERUN_DATA_DIR pulserun.db), [ref] $db)) { throw 'The store does not open.' }
            try { if ($raw::sqlite3_exec($db, $sql)) { throw $raw::sqlite3_errmsg($db).utf8_to_string() } }
            finally { $db.Dispose() }
            """);
    }
}
