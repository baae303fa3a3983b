using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Core.Idle;
using Xunit;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Checks the order of the readings in cases with a known answer, and against a table that an independent implementation generated.</summary>
public class ReadingOrderTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly IdleRule s_rule = new();

    private readonly Dictionary<string, ReadingRecord> _records = new(StringComparer.Ordinal);

    [Fact]
    public void Choose_EqualInstances_TakesTheOneThatWasSeenBusyLongestAgo() => Chooses("b", 1, Busy("a", 10), Busy("b", 20));

    [Fact]
    public void Choose_Expensive_ComesBeforeOlder() => Chooses("a", 1, Busy("a", 20, price: 8), Busy("b", 30));

    [Fact]
    public void Choose_YoungJob_ComesBeforeOldOne() => Chooses("b", 1, Busy("a", 20, started: 9000), Busy("b", 20, started: 60));

    [Fact]
    public void Choose_JustSeenAtWork_IsLeftOut() => Chooses("", 9, Busy("a", 2));

    [Fact]
    public void Choose_BegunWindow_ComesBeforeAnyLook() => Chooses("l", 1, Busy("a", 300, price: 8), Low("l", 3));

    [Fact]
    public void Choose_Silent_IsLeftOutForATime()
    {
        Chooses("a", 9, Silent("s", 3, 1), Busy("a", 10));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(10)]
    public void Choose_Silent_ReturnsAfterItsRest(int misses)
    {
        double rest = ReadingOrder.Rest("s", misses - 1);
        Assert.InRange(rest, 0.75 * Math.Min(Math.Pow(2, misses - 1), 120), 1.25 * Math.Min(Math.Pow(2, misses - 1), 120));
        Chooses("", 9, Silent("s", misses, rest - 0.01), Busy("a", 1));
        Chooses("s a", 9, Silent("s", misses, rest + 0.01), Busy("a", 300, price: 99));
    }

    [Fact]
    public void Choose_FirstMiss_DoesNotRest()
    {
        Instance low = Low("low", 5, 4, 2.9);
        _records["low"] = _records["low"] with { Misses = 1, AskedAt = s_now.AddMinutes(-1) };
        Chooses("low", 1, low, Busy("a", 300, price: 8));
        Chooses("s", 9, Silent("s", 1, 1), Busy("a", 1));
    }

    [Fact]
    public void Choose_MostAreSilent_AsksThemWithSpareRequestsOnly()
    {
        Chooses("", 9, Silent("s", 9, 1));
        Chooses("", 9, Silent("s", 9, 1), Silent("t", 9, 1), Busy("a", 1), Busy("b", 1));
        Chooses("b low s t u", 9, Silent("s", 9, 1), Silent("t", 9, 1), Silent("u", 9, 1), Low("low", 1, 0.5), Busy("b", 30));
        Chooses("b low", 2, Silent("s", 9, 1), Silent("t", 9, 1), Silent("u", 9, 1), Low("low", 1, 0.5), Busy("b", 30));
    }

    [Fact]
    public void Choose_InstancesThatRest_AreNamedWithTheReason()
    {
        Instance refused = Low("refused", 12, 9, 6, 4), declined = Low("declined", 12, 9, 6, 4);
        _records["refused"] = _records["refused"] with { KeptAt = s_now.AddMinutes(-1), KeptReason = KeptReason.Refused, Keeps = 1 };
        _records["declined"] = _records["declined"] with { KeptAt = s_now.AddMinutes(-1), KeptReason = KeptReason.Declined, Keeps = 1 };
        ReadingPlan plan = Choose(9, s_rule, refused, declined, Silent("s", 5, 1), Busy("a", 1), Busy("b", 30));
        Assert.Equal(["a JustSeen", "declined Declined", "refused Refused", "s Silent"], plan.Resting.Select(static one => one.Key + " " + one.Value).OrderBy(static one => one, StringComparer.Ordinal));
    }

    [Fact]
    public void Choose_BrokenRun_BeginsAnewBeforeAnyLook() => Chooses("l", 1, Busy("a", 300, price: 8), Low("l", 9, 7, 6));

    [Fact]
    public void Choose_Ties_AreOrderedById() => Chooses("a b c", 3, Busy("c", 20), Busy("a", 20), Busy("d", 20), Busy("b", 20));

    [Fact]
    public void Choose_HeldMemory_CountsAsBusy()
    {
        Reading held = new(s_now.AddMinutes(-1), 0, 90, 0, false, null);
        Instance instance = Make("m", record: new ReadingRecord { LastRead = held.At, Readings = [held] });
        Chooses("", 9, instance);
        Assert.Single(Choose(9, s_rule with { IgnoreMemory = true }, instance).Order);
    }

    [Fact]
    public void Choose_OtherStates_AreNeverRead() =>
        Chooses("r", 9, Busy("r", 30), Busy("s", 30).WithStatus("stopped"), Busy("p", 30).WithStatus("provisioning"), Busy("u", 30).WithStatus("new state"), Busy("n", 30).WithStatus(""));

    [Fact]
    public void Choose_SameIdTwice_IsReadOnce() => Chooses("a", 9, Busy("a", 30), Busy("a", 30));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Choose_WithoutBudget_TakesNone(int budget) => Chooses("", budget, Busy("a", 30));

    [Fact]
    public void Choose_EmptyFleet_TakesNone() => Chooses("", 9);

    [Fact]
    public void Choose_LowAndNotDue_IsReadWithSpareRequestsOnly()
    {
        Instance low = Low("low", 1, 0.5);
        Assert.Equal(ReadingQueue.Proof, Assert.Single(Choose(9, s_rule, low).Order).Queue);
        Chooses("a", 1, low, Busy("a", 30));
        Chooses("a low", 2, low, Busy("a", 30));
    }

    [Fact]
    public void Choose_ReadingsBeforeTheStart_DoNotCount()
    {
        Instance restarted = Started(Low("x", 10, 8, 6, 4, 2), 1);
        // It was read 2 minutes ago, so there is nothing to learn yet, although its machine rested before the start.
        Chooses("", 9, restarted);
    }

    [Fact]
    public void Choose_ReadingFromTheFuture_DoesNotHideTheInstance()
    {
        Reading ahead = new(s_now.AddHours(5), 0, null, 0, false, null);
        Chooses("f", 9, Make("f", record: new ReadingRecord { LastRead = ahead.At, AskedAt = ahead.At, Misses = 4, Readings = [ahead] }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-30.0)]
    public void Choose_UnknownOrFutureStart_IsRead(double? startedAgo) => Chooses("x", 9, Started(Make("x"), startedAgo));

    [Fact]
    public void Choose_KeptRunning_RestsAndThenUsesSpareRequestsOnly()
    {
        Instance kept = Low("kept", 12, 9, 6, 4);
        _records["kept"] = _records["kept"] with { KeptAt = s_now.AddMinutes(-1), KeptReason = KeptReason.Refused, Keeps = 3 };
        Chooses("", 9, kept);
        _records["kept"] = _records["kept"] with { KeptAt = s_now.AddMinutes(-11) };
        ReadingKey key = Assert.Single(Choose(9, s_rule, kept).Order);
        Assert.Equal(ReadingQueue.Proof, key.Queue);
        // A new start, or work, ends it.
        Assert.Equal(ReadingQueue.Look, Assert.Single(Choose(9, s_rule, Started(kept, 2)).Order).Queue);
        Reading busy = new(s_now.AddMinutes(-5), 80, null, 0, false, null);
        _records["kept"] = _records["kept"] with { Readings = [busy], LastRead = busy.At };
        Assert.Equal(ReadingQueue.Look, Assert.Single(Choose(9, s_rule, kept).Order).Queue);
    }

    [Fact]
    public void Choose_KeptByWhatIf_CountsOnlyForWhatIf()
    {
        Instance kept = Low("kept", 12, 9, 6, 3);
        _records["kept"] = _records["kept"] with { KeptAt = s_now.AddMinutes(-1), KeptReason = KeptReason.WhatIf, Keeps = 1 };
        Assert.Equal(ReadingQueue.Window, Assert.Single(Choose(9, s_rule, kept).Order).Queue);
        Assert.Equal(ReadingQueue.Proof, Assert.Single(ReadingOrder.Choose([kept], _records, s_rule, s_now, 9, isWhatIf: true).Order).Queue);
    }

    [Fact]
    public void Overload_LateWindowsWithoutReading_AreNamed()
    {
        Instance[] fleet = Enumerable.Range(0, 9).Select(i => Low("l" + i, 14, 10, 6, 2)).ToArray();
        Assert.Null(Choose(9, s_rule, fleet).Overload(s_rule, s_now));
        string text = Choose(4, s_rule, fleet).Overload(s_rule, s_now)!;
        Assert.Contains("of 9 windows that have begun, 5 wait for readings, 5 are late, and the oldest look is 2 minutes old", text, StringComparison.Ordinal);
        Assert.Contains("window longer than 30 minutes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_IsTheSameEverywhere()
    {
        // The first 6 bytes of SHA-256("abc") are ba 78 16 bf 8f 01.
        Assert.Equal(0xba7816bf8f01L / (double)(1L << 48), ReadingOrder.Unit("abc"));
    }

    [Fact]
    public void Choose_GeneratedTable_GivesTheSameOrderAndPlaces()
    {
        int cases = 0, chosen = 0;
        using var table = new StreamReader(typeof(ReadingOrderTests).Assembly.GetManifestResourceStream("ReadingOrderGolden.txt")!);
        while (table.ReadLine() is { } line)
        {
            string[] sides = line.Split("=>");
            string[] parts = sides[0].Split(';');
            long[] head = parts[0].Split(' ').Select(static one => long.Parse(one, CultureInfo.InvariantCulture)).ToArray();
            var rule = new IdleRule { For = TimeSpan.FromMilliseconds(head[0]), MaxGap = TimeSpan.FromMilliseconds(head[1]), MinSamples = (int)head[2] };
            DateTimeOffset now = DateTimeOffset.UnixEpoch.AddMinutes(head[3]);
            var fleet = new List<Instance>();
            var records = new Dictionary<string, ReadingRecord>();
            foreach (string[] row in parts.Skip(1).Select(static part => part.Split(' ')))
            {
                DateTimeOffset? last = Ago(row[3]);
                Reading[] readings = row[6] == "-" ? [] : row[6].Split(',').Select(one => new Reading(Ago(one[..^1])!.Value, one[^1] == 'B' ? 60 : 0, null, 0, false, null)).ToArray();
                // A reading before the recent ones must not matter.
                if (readings.Length == 0 && last is { } old)
                    readings = [new Reading(old, fleet.Count % 2 * 60, null, 0, false, null)];
                fleet.Add(new Instance { Id = row[0], Status = "running", CostPerHour = row[1] == "-" ? null : decimal.Parse(row[1], CultureInfo.InvariantCulture), StartedAt = Ago(row[2]) });
                // The table counts the misses from the second one on, because the first one does not rest.
                int misses = int.Parse(row[4], CultureInfo.InvariantCulture);
                records[row[0]] = new ReadingRecord { LastRead = last, Misses = misses == 0 ? 0 : misses + 1, AskedAt = row[4] == "0" ? null : Ago(row[5]), Readings = readings };
            }
            var random = new Random(cases++);
            Instance[] shuffled = fleet.OrderBy(_ => random.Next()).ToArray();
            IReadOnlyList<Instance> order = ReadingOrder.Choose(shuffled, records, rule, now, (int)head[4]).Chosen;
            string[] expected = sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(string.Join(" ", expected.Select(static one => one.Split('@')[0])), string.Join(" ", order.Select(static one => one.Id)));
            foreach ((string pair, Instance one) in expected.Zip(order))
                Assert.Equal(long.Parse(pair.Split('@')[1], CultureInfo.InvariantCulture), ReadingOrder.Place(one.Id, now).TotalMilliseconds, 1.0);
            chosen += order.Count;

            DateTimeOffset? Ago(string milliseconds) => milliseconds == "-" ? null : now.AddMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
        }
        Assert.Equal((160, true), (cases, chosen > 400));
    }

    private void Chooses(string expected, int budget, params Instance[] fleet)
    {
        Assert.Equal(expected, string.Join(" ", Choose(budget, s_rule, fleet).Chosen.Select(static one => one.Id)));
        Array.Reverse(fleet);
        Assert.Equal(expected, string.Join(" ", Choose(budget, s_rule, fleet).Chosen.Select(static one => one.Id)));
    }

    private ReadingPlan Choose(int budget, IdleRule rule, params Instance[] fleet) => ReadingOrder.Choose(fleet, _records, rule, s_now, budget);

    private Instance Busy(string id, double ago, decimal price = 1, double started = 600)
    {
        DateTimeOffset at = s_now.AddMinutes(-ago);
        return Make(id, price, started, new ReadingRecord { LastRead = at, Readings = ago <= 35 ? [new Reading(at, 90, null, 0, false, null)] : [] });
    }

    private Instance Silent(string id, int misses, double ago) => Make(id, record: new ReadingRecord { Misses = misses, AskedAt = s_now.AddMinutes(-ago) });

    private Instance Low(string id, params double[] ago)
    {
        Reading[] readings = ago.Select(minutes => new Reading(s_now.AddMinutes(-minutes), 0, null, 0, false, null)).ToArray();
        return Make(id, record: new ReadingRecord { LastRead = readings[^1].At, Readings = readings });
    }

    private static Instance Started(Instance instance, double? minutesAgo) =>
        new() { Id = instance.Id, Status = instance.Status, CostPerHour = instance.CostPerHour, StartedAt = minutesAgo is { } ago ? s_now.AddMinutes(-ago) : null };

    private Instance Make(string id, decimal price = 1, double started = 600, ReadingRecord? record = null)
    {
        if (record is not null)
            _records[id] = record;
        return new Instance { Id = id, Status = "running", CostPerHour = price, StartedAt = s_now.AddMinutes(-started) };
    }
}
