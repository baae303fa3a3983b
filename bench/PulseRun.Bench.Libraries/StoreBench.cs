using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;
using PulseRun.Store;

namespace PulseRun.Bench.Libraries;

/// <summary>Measures the history in its file, as the cmdlets use it.</summary>
internal static class StoreBench
{
    private const string Account = "bench";
    private const int Instances = 1000;
    private const int Ticks = 2880;
    // The generated loads of a few instances stay below 1, which gives no verdict unless the unit is known.
    private static readonly IdleRule s_rule = new() { UnitScale = UnitScale.Percent };

    public static void Fill(string folder)
    {
        long start = Stopwatch.GetTimestamp();
        using var store = StoreFactory.Open(folder);
        Fill(store, Instances, Ticks);
        Tell("s", Stopwatch.GetElapsedTime(start).TotalSeconds);
        Tell("MB", new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length) / 1e6);
    }

    public static void First(string folder)
    {
        long start = Stopwatch.GetTimestamp();
        using var store = StoreFactory.Open(folder);
        int count = store.ReadingRequests.All(Account).Count;
        Tell("ms", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Expect(count == Instances);
    }

    public static void Measure(string folder)
    {
        using var store = StoreFactory.Open(folder);
        // These ticks follow the filled ones, so the history becomes slightly longer.
        var after = Fleet.Noon.AddMinutes(Next(store) + 1);
        Measure(store, Instances, after, rounds: 60, string.Empty);
    }

    public static void Grow(string folder)
    {
        foreach (int count in new[] { 100, 1_000, 10_000 })
        {
            using var store = StoreFactory.Open(Path.Combine(folder, count.ToString(CultureInfo.InvariantCulture)));
            Fill(store, count, ticks: 40);
            Measure(store, count, Fleet.Noon.AddMinutes(1), rounds: 15, count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static double Next(IStore store) => Math.Floor((store.ReadingRequests.All(Account).Values.Max(static one => one.LastRead)!.Value - Fleet.Noon).TotalMinutes);

    private static void Fill(IStore store, int count, int ticks)
    {
        for (int tick = 1 - ticks; tick <= 0; tick++)
        {
            var at = Fleet.Noon.AddMinutes(tick);
            store.History.RecordReadings(Account, Fleet.Tick(count, at), at);
        }
    }

    private static void Measure(IStore store, int count, DateTimeOffset from, int rounds, string suffix)
    {
        var fleet = Fleet.Instances(count);
        string[] ids = fleet.Select(static instance => instance.Id).ToArray();
        var append = new List<double>();
        var check = new List<double>();
        var one = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            var at = from.AddMinutes(round);
            var tick = Fleet.Tick(count, at);
            var now = at.AddSeconds(1);
            append.Add(Time(() => store.History.RecordReadings(Account, tick, now)));
            check.Add(Time(() => Expect(Judge(store, fleet, ids, now) == count)));
            one.Add(Time(() => Expect(Judge(store, fleet[..1], ids[..1], now) == 1)));
        }
        Tell("append" + suffix, append);
        Tell("check" + suffix, check);
        Tell("one" + suffix, one);
    }

    /// <summary>Computes the verdicts from the history as Get-PRIdleInstance does.</summary>
    private static int Judge(IStore store, Instance[] fleet, string[] ids, DateTimeOffset now)
    {
        var windows = store.History.Window(Account, ids, s_rule.HistorySince(now), now);
        return fleet.Count(instance => IdleDecision.Decide(instance, windows[instance.Id], s_rule, now).Verdict == Verdict.Idle);
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Expect(bool isRight)
    {
        if (!isRight)
            throw new InvalidOperationException("The store did not return the readings that were written.");
    }

    private static void Tell(string what, List<double> times)
    {
        // The first rounds only compile the code that the others measure.
        var warm = times.Skip(times.Count / 5).Order().ToList();
        Tell(what + "Min", warm[0]);
        Tell(what, warm[warm.Count / 2]);
    }

    private static void Tell(string what, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}={value}"));
}
