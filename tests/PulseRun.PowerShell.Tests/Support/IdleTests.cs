using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Tests of what is idle: a fleet whose load and price are known, and readings of it in fast-forward.</summary>
public abstract class IdleTests : CmdletTests
{
    /// <summary>A rule that seven readings, two minutes apart, satisfy; as parameters of Get-PRIdleInstance.</summary>
    protected const string Rule = "-For 00:10:00 -MinSamples 5 -MaxGap 00:03:00";

    /// <summary>The same rule for Invoke-PRCleanup, which then asks no question and waits for nothing.</summary>
    protected const string CleanupCommand = "Invoke-PRCleanup -IdleFor 00:10:00 -MinSamples 5 -MaxGap 00:03:00 -Jitter 00:00:00 -Confirm:$false";

    private readonly string _data = Directory.CreateDirectory(Path.Combine(StagedModule.DataDirectory, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Gives the test a store of its own: a protection holds for its id under every account, and every test has the same ids.</summary>
    protected IdleTests() => Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", _data);

    /// <summary>Starts an emulator and connects to it. Its instances, inst_0 and so on, have run for ten days, cost 1, 2, ... dollars per hour and are idle.</summary>
    protected Emulator StartIdleEmulator(int instances = 6)
    {
        Emulator emulator = StartEmulator(0);
        // Days pass here: at balance 0 every instance would be terminated.
        emulator.SetBalance(1_000_000);
        for (int i = 0; i < instances; i++)
            AddIdleInstance(i);
        Shell.Set("ids", Ids);
        return emulator;
    }

    /// <summary>Adds one more such instance.</summary>
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

    /// <summary>Reads the whole fleet every two minutes; seven times cover the window of the rule. Then forgets the requests.</summary>
    protected void ReadFleet(int times = 7)
    {
        for (int i = 0; i < times; i++)
        {
            if (i > 0)
                Emulator.Advance(TimeSpan.FromMinutes(2));
            Do("Get-PRIdleInstance");
        }
        // Two calls of a fast machine fit into one millisecond, and readings of one millisecond are one.
        Emulator.Advance(TimeSpan.FromMilliseconds(100));
        Emulator.ClearRequests();
    }

    /// <summary>Runs a cleanup by the rule and returns what it did, as "id action reason".</summary>
    protected string[] CleanUp(string more = "") =>
        Do(CleanupCommand + " " + more).As<CleanupAction>().Select(static action => action.Id + " " + action.Action + " " + action.Reason).ToArray();

    /// <summary>Runs something while the store cannot be used.</summary>
    protected void WithoutStore(Action act)
    {
        string path = Path.Combine(Folder, "a file");
        File.WriteAllText(path, "");
        Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", path);
        try
        {
            act();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", _data);
        }
    }

    /// <summary>Does to the store that is in use what no cmdlet does, by the module's own SQLite, which it has loaded by now.</summary>
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

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Environment.SetEnvironmentVariable("PULSERUN_DATA_DIR", StagedModule.DataDirectory);
    }
}
