#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Tests.Shared;
#if !POSTGRES
using PulseRun.Core.Profiles;
using PulseRun.Store.Tests.Cleanup;
#endif

namespace PulseRun.Store.Tests;

/// <summary>Uses a store in another process. <see cref="OtherProcess"/> starts it; it continues after a line of input.</summary>
internal static class Program
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    public static int Main(string[] args)
    {
        if (args is [TestRun.Command, ..])
            return TestRun.Main(args);
        string folder = args[1];
        switch (args[0])
        {
            case "launch": Launch(folder, Guid.Parse(args[2])); break;
            case "claim": Claim(folder, Number(args[2])); break;
            case "reserve": Reserve(folder, Number(args[2])); break;
            case "adopt": Adopt(folder); break;
            case "record": Record(folder, args[2], Number(args[3])); break;
#if !POSTGRES
            case "save": Save(folder, args[2], Number(args[3])); break;
#endif
#if !POSTGRES
            case "audit": Audit(folder, args[2], Number(args[3])); break;
#endif
#if !POSTGRES
            case "fill": Fill(folder); break;
#endif
            case "act": Act(folder, args[2], Number(args[3])); break;
            case "lease": Lease(folder, Number(args[2])); break;
            case "warn": Warn(folder, Number(args[2])); break;
#if POSTGRES
            case "roll": Roll(folder); break;
#endif
            case "names": Names(folder, Number(args[2])); break;
#if !POSTGRES
            case "profiles": Profiles(folder); break;
#endif
            default: return 2;
        }
        return 0;
    }

    /// <summary>Marks a launch as sent and then waits for ever, so that a test can kill it before the answer.</summary>
    private static void Launch(string folder, Guid intent)
    {
        using IStore store = StoreFactory.Open(folder);
        store.Launches.Begin(TempFolder.Account, intent, new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch", Region = "eu" }, s_noon);
        store.Launches.MarkSent(intent, s_noon.AddSeconds(1));
        Ready();
    }

    /// <summary>Leases as many of 200 instances as given, writes their ids, and ends without recording a reading, as a killed run does.</summary>
    private static void Lease(string folder, int count)
    {
        using IStore store = StoreFactory.Open(folder);
        Ready();
        IEnumerable<string> all = Enumerable.Range(0, 200).Select(static i => "inst_" + i.ToString(CultureInfo.InvariantCulture));
        foreach (string id in store.ReadingRequests.Lease(TempFolder.Account, all, count, new Core.History.LeaseTime(s_noon, s_noon.AddSeconds(90), s_noon)))
            Console.WriteLine(id);
    }

#if POSTGRES
    /// <summary>Does steps of the roll-up for ever, so that a test can kill it in one.</summary>
    private static void Roll(string folder)
    {
        using var database = new Postgres.Connection.Database(() => Postgres.Connection.ConnectionText.Parse(TempFolder.Make(folder), null), "x");
        Ready();
        while (true)
            Postgres.StoreUpkeep.RollUp(database, s_noon.AddDays(5), 30);
    }
#endif

    /// <summary>Begins launches that have the same names in each process, and writes the names that it got. The instance of each second one is bound.</summary>
    private static void Names(string folder, int count)
    {
        using IStore store = StoreFactory.Open(folder);
        Ready();
        for (int i = 0; i < count; i++)
        {
            string name = "train-" + i.ToString(CultureInfo.InvariantCulture);
            LaunchRecord launch = Notes.NoteTests.Launch(name);
            if (store.Launches.Begin(TempFolder.Account, launch, null).Refusal is not null)
                continue;
            if (i % 2 == 0)
                store.Launches.Close(launch.IntentId, LaunchClosing.Launched("inst_" + Guid.NewGuid().ToString("N"), null, s_noon));
            Console.WriteLine(name);
        }
    }

    private static void Claim(string folder, int count)
    {
        using IStore store = StoreFactory.Open(folder);
        Ready();
        for (int i = 0; i < count; i++)
        {
            Guid intent = Guid.NewGuid();
            store.Launches.Begin(TempFolder.Account, intent, new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, s_noon);
            string instance = "inst_" + i.ToString(CultureInfo.InvariantCulture);
            if (store.Launches.TryClaim(intent, instance))
                Console.WriteLine(instance);
        }
    }

    /// <summary>Launches as long as there is room under a limit of 2.00 an hour for a price of 0.80.</summary>
    private static void Reserve(string folder, int count)
    {
        using IStore store = StoreFactory.Open(folder);
        var fleet = new FleetView(2.00m, default, new HashSet<string>(), new SteadyTime("boot", TimeSpan.Zero), AllowUnknownPrice: false);
        Ready();
        for (int i = 0; i < count; i++)
        {
            var intent = new LaunchRecord
            {
                IntentId = Guid.NewGuid(),
                Request = new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" },
                RequestedAt = s_noon,
                Price = 0.80m,
                OwnerState = OwnerState.Alive,
            };
            if (store.Launches.Begin(TempFolder.Account, intent, fleet).Check != CostCheck.Within)
                continue;
            store.Launches.MarkSent(intent.IntentId, s_noon, new SteadyTime("boot", TimeSpan.FromSeconds(1)));
            Console.WriteLine(intent.IntentId);
        }
    }

    private static void Adopt(string folder)
    {
        using IStore store = StoreFactory.Open(folder);
        IReadOnlyList<LaunchRecord> seen = store.Launches.Open(TempFolder.Account);
        Ready();
        foreach (LaunchRecord record in seen.Where(record => store.Launches.TryAdopt(record)))
            Console.WriteLine(record.IntentId);
    }

    private static void Record(string folder, string instance, int ticks)
    {
        Ready();
        using IStore store = StoreFactory.Open(folder);
        for (int i = 0; i < ticks; i++)
        {
            DateTimeOffset at = s_noon.AddSeconds(i);
            store.History.RecordReadings(TempFolder.Account, [new InstanceMetrics { Id = instance, SampledAt = at, GpuUtilization = i }, new InstanceMetrics { Id = "inst_shared", SampledAt = at, GpuUtilization = i }], at);
            store.History.RecordStates(TempFolder.Account, [new Instance { Id = instance, Status = i % 2 == 0 ? "running" : "stopped" }], complete: false, at);
        }
    }

#if !POSTGRES
    private static void Save(string folder, string prefix, int count)
    {
        IProfiles profiles = StoreFactory.Profiles(folder);
        Ready();
        for (int i = 0; i < count; i++)
            profiles.Save(new SavedProfile { Name = prefix + i.ToString(CultureInfo.InvariantCulture), BaseUri = new Uri("https://api.pulserun.dev/"), Key = Keys.Secure("pr_test_" + prefix) });
    }
#endif

#if !POSTGRES
    private static void Audit(string path, string prefix, int count)
    {
        IAuditLog audit = StoreFactory.Audit(path);
        Ready();
        for (int i = 0; i < count; i++)
            audit.Append([AuditTests.Line(prefix + i.ToString(CultureInfo.InvariantCulture))]);
        PrintLoaded();
    }
#endif

    private static void Act(string folder, string prefix, int max)
    {
        using IStore store = StoreFactory.Open(folder);
        Guid run = Guid.NewGuid();
        store.Cleanups.Begin(run);
        store.Cleanups.TryAct(run, prefix, max);
        Ready();
        for (int i = 0; i < max; i++)
        {
            if (store.Cleanups.TryAct(run, prefix + "-" + i.ToString(CultureInfo.InvariantCulture), max))
                Console.WriteLine(prefix + i.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Claims one warning, and after the go those of further instances.</summary>
    private static void Warn(string folder, int count)
    {
        using IStore store = StoreFactory.Open(folder);
        store.Warnings.Claim(TempFolder.Account, "first", s_noon, s_noon, TimeSpan.FromHours(1), out _);
        Ready();
        for (int i = 0; i < count; i++)
        {
            string instance = "inst_" + i.ToString(CultureInfo.InvariantCulture);
            if (store.Warnings.Claim(TempFolder.Account, instance, s_noon, s_noon, TimeSpan.FromHours(1), out Guid spell) != WarningClaim.Granted)
                continue;
            // Delivered at once: the claims of a process end with it, and the slowest process would get them again.
            store.Warnings.Delivered(TempFolder.Account, spell, s_noon);
            Console.WriteLine(instance);
        }
    }

#if !POSTGRES
    private static void Fill(string path)
    {
        IAuditLog audit = StoreFactory.Audit(path);
        try
        {
            for (int i = 0; i < 100; i++)
            {
                string id = "line" + i.ToString(CultureInfo.InvariantCulture);
                audit.Append([AuditTests.Line(id)]);
                Console.WriteLine(id);
            }
        }
        catch (StoreUnavailableException)
        {
            Console.WriteLine("full");
        }
    }
#endif

#if !POSTGRES
    private static void Profiles(string folder)
    {
        Save(folder, "p", 1);
        StoreFactory.Profiles(folder).Load("p0")!.Dispose();
        PrintLoaded();
    }
#endif

#if !POSTGRES
    private static void PrintLoaded()
    {
        foreach (System.Reflection.Assembly loaded in AppDomain.CurrentDomain.GetAssemblies())
            Console.WriteLine(loaded.GetName().Name);
    }
#endif

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Ready()
    {
        Console.WriteLine(OtherProcess.IsReady);
        Console.ReadLine();
    }
}
#endif
