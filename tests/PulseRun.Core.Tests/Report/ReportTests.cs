using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.Core.Tests.Report;

public class ReportTests
{
    /// <summary>Hour 0 is the start of the week and hour 168 is now.</summary>
    private static readonly DateTimeOffset s_now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset s_since = s_now.AddDays(-7);

    // States are written "state from-to $price @started", the listed instance "status $price @started" or nothing, the expected times "from-to$price".
    [Theory]
    [InlineData("running 10-20 $2", "", "10-20$2")]
    [InlineData("running 10-20 $2", "running $2", "10-20$2 20-168$2")] // still listed, so up to now
    [InlineData("running 10-20 $2", "running $3", "10-20$2 20-168$3")]
    [InlineData("running 10-20 $2", "stopped $2", "10-20$2")]
    [InlineData("running 10-20 $2 @5", "", "5-20$2")] // the server reports the start
    [InlineData("running 10-20 $2 @-50", "", "0-20$2")] // limited to the window
    [InlineData("running 10-20 $2 @15", "", "10-20$2")] // observed before the reported start
    [InlineData("running -30--20 $2 @-50", "", "")]
    [InlineData("stopped 0-50 $2", "running $2 @60", "60-168$2")]
    [InlineData("stopped 0-50 $2", "running $2 @40", "50-168$2")] // observed as stopped until then
    [InlineData("stopped 0-50 $2", "running $2", "")] // the start is not known
    [InlineData("stopped 0-50 $2|running 60-70 $2 @55", "", "55-70$2")]
    [InlineData("running 10-20 $2|stopped 21-30 $2|running 31-40 $4", "", "10-20$2 31-40$4")]
    [InlineData("running 10-20 $2|running 25-40 $4", "", "10-20$2 25-40$4")]
    [InlineData("running 10-20 $2|gone 25-40", "", "10-20$2")]
    [InlineData("running 10-20 $2 @5", "running $2 @100", "5-20$2 100-168$2")] // restarted; the time in between is not known
    [InlineData("failed 10-20 $2", "failed $2", "")]
    [InlineData("migrating 10-20 $2", "", "10-20$2")] // an unknown state counts as billed
    [InlineData("running 10-20 $?", "", "10-20$?")]
    [InlineData("running 10-20 $-3", "", "10-20$?")]
    [InlineData("running 10-20 $79000000000000000000000000000", "", "10-20$?")]
    [InlineData("", "running $2 @100", "100-168$2")]
    [InlineData("", "running $2", "")]
    [InlineData("", "", "")]
    [InlineData("running 100-300 $2", "running $2", "100-168$2")] // the clock was set back
    public void BurnStretches_States_GiveTheBilledTimes(string states, string listed, string expected)
    {
        List<RecordedState> recorded = states.Split(['|'], StringSplitOptions.RemoveEmptyEntries).Select(State).ToList();
        Instance? instance = listed.Length == 0 ? null : Listed(listed);
        IReadOnlyList<BurnStretch> stretches = BurnStretches.Of(recorded, instance, s_since, s_now);
        Assert.Equal(expected, string.Join(" ", stretches.Select(static one => Hour(one.From) + "-" + Hour(one.To) + "$" + (one.Price?.ToString(CultureInfo.InvariantCulture) ?? "?"))));
    }

    // Readings are written minute:gpu, minute:gpu/memory, minute:? without a load, or minute:gpu! with a GPU without a value; expected are idle minutes and covered minutes.
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("0-30:0", "0-30", 30)]
    [InlineData("0-29:0", "", 29)] // shorter than the window
    [InlineData("0-60:0 61:90 62-100:0", "0-60 62-100", 100)]
    [InlineData("0-60:4.9", "0-60", 60)]
    [InlineData("0-60:5", "", 60)]
    [InlineData("0-20:0 26-60:0", "26-60", 54)] // a gap of more than 5 minutes ends a stretch
    [InlineData("0-20:0 25-60:0", "0-60", 60)]
    [InlineData("0-20:0 21-24:? 25-60:0", "0-60", 60)] // a reading without a value neither ends nor extends a stretch
    [InlineData("0-20:0 21-26:? 27-60:0", "27-60", 53)]
    [InlineData("0-40:0!", "", 0)] // idleness needs a value from all GPUs
    [InlineData("0-20:0 21:90! 22-40:0", "", 40)] // one busy GPU proves work
    [InlineData("0-60:0/50", "", 60)] // memory held
    [InlineData("0-60:0/49", "0-60", 60)]
    public void IdleMeter_Readings_AddUp(string readings, string idle, int covered)
    {
        var meter = new IdleMeter(new IdleRule());
        foreach (Reading reading in Samples(readings))
            meter.Add(reading);
        Assert.Equal(idle, string.Join(" ", meter.Finish().Select(static one => Minute(one.From) + "-" + Minute(one.To))));
        Assert.Equal(covered, meter.Read.Sum(static one => (one.To - one.From).TotalMinutes));
    }

    [Fact]
    public void IdleMeter_MemoryIgnored_IsIdle()
    {
        var meter = new IdleMeter(new IdleRule { IgnoreMemory = true });
        foreach (Reading reading in Samples("0-60:0/90"))
            meter.Add(reading);
        Assert.Single(meter.Finish());
    }

    [Fact]
    public void Build_Fleet_AddsUp()
    {
        FleetReport report = Build(3, ("a", "running 0-100 $2", "running $2"), ("b", "running 50-60 $10", ""), ("c", "stopped 0-168 $9", "stopped $9"));
        Assert.Equal(["a", "b"], report.Lines.Select(static line => line.Id));
        Assert.Equal(2 * 168, report.Lines[0].Cost);
        Assert.Equal(10 * 10, report.Lines[1].Cost);
        Assert.Equal(436, report.Total.Cost);
        Assert.Equal(178, report.Total.Burned.TotalHours);
        Assert.Equal(2, report.BurnNow!.Value.PerHour);
        Assert.Null(report.Others);
        // Each part of the time is one hour here.
        Assert.Equal(436, report.BurnOverTime.Sum(static point => point.PerHour), 6);
        Assert.Equal(12, report.BurnOverTime[55].PerHour);
        Assert.Equal(2, report.BurnOverTime[65].PerHour);
        Assert.False(report.IsEmpty);
    }

    [Fact]
    public void Build_MoreThanTop_SumsTheRest()
    {
        FleetReport report = Build(2, Enumerable.Range(1, 10).Select(static i => ("i" + i, "running 0-10 $" + i, "")).ToArray());
        Assert.Equal(["i10", "i9"], report.Lines.Select(static line => line.Id));
        Assert.Equal(8, report.OtherCount);
        Assert.Equal(360, report.Others!.Cost);
        Assert.Equal(550, report.Total.Cost);
    }

    [Fact]
    public void Build_Nothing_IsEmpty()
    {
        FleetReport report = new ReportBuilder(s_since, s_now, new IdleRule()).Build(null, "x", 5);
        Assert.True(report.IsEmpty);
        Assert.False(report.IsListed);
        Assert.Null(report.BurnNow);
        Assert.Empty(report.Lines);
        Assert.Empty(report.BurnOverTime);
        Assert.Null(report.Saved);
        Assert.Null(report.ReadFrom);
        Assert.Null(report.PerMonth(0));
    }

    // The price is that of the time; where no state was recorded, it is the latest known one.
    [Theory]
    [InlineData("running 0-168 $2", "", 2.0)]
    [InlineData("running 0-10 $2|running 10-168 $4", "", 4.0)]
    [InlineData("running 100-168 $3", "", 3.0)]
    [InlineData("", "running $5", 5.0)]
    [InlineData("running 0-168 $?", "", 0.0)]
    public void Build_IdleHour_CostsThePriceOfItsTime(string states, string listed, double expected)
    {
        ReportBuilder builder = Builder(("a", states, listed));
        // From hour 20 to hour 21.
        for (int minute = 0; minute <= 60; minute++)
            builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_since.AddHours(20).AddMinutes(minute), GpuUtilization = 0 });
        ReportLine line = builder.Build(null, "x", 5).Lines.Single();
        Assert.Equal(1, line.Idle.TotalHours);
        Assert.Equal((decimal)expected, line.IdleCost);
        Assert.Equal(0, line.MeanGpu);
    }

    // Readings are in minutes, states in hours; expected are the billed hours from both.
    [Theory]
    [InlineData("60-120:0", "", 1.0)] // read, but never listed
    [InlineData("60-120:0", "running 0-10 $2", 10.0)]
    [InlineData("540-660:0", "running 0-10 $2", 11.0)]
    [InlineData("60-120:0", "stopped 0-10 $2", 0.0)] // recorded as stopped, which takes precedence over readings
    [InlineData("0-300:0", "stopped 1-2 $2|running 3-4 $2", 4.0)]
    [InlineData("0-60:0 120-180:0", "running 0.5-2.5 $2", 3.0)]
    public void Build_Readings_CountAsBilledTime(string readings, string states, double hours)
    {
        ReportBuilder builder = Builder(("a", states, ""));
        foreach (Reading reading in Samples(readings))
            builder.Add(new InstanceMetrics { Id = "a", SampledAt = reading.At, GpuUtilization = reading.PeakGpu });
        Assert.Equal(hours, builder.Build(null, "x", 5).Total.Burned.TotalHours, 9);
    }

    [Fact]
    public void Build_AnyHistory_IdleIsPartOfTheBilledTime()
    {
        var random = new Random(7);
        for (int round = 0; round < TestSize.Of(300, 100); round++)
        {
            var states = new List<string>();
            for (double hour = random.NextDouble() * 5; hour < 160; hour += random.NextDouble() * 10)
            {
                double end = hour + random.NextDouble() * 20;
                states.Add(string.Format(CultureInfo.InvariantCulture, "{0} {1:0.###}-{2:0.###} ${3} @{4:0.###}", random.Next(3) == 0 ? "stopped" : "running", hour, end, random.Next(1, 9), hour - random.Next(20)));
                hour = end;
            }
            ReportBuilder builder = Builder(("a", string.Join("|", states), random.Next(2) == 0 ? "" : "running $3 @" + random.Next(160)));
            for (double minute = 0; minute < 10_000; minute += random.NextDouble() * 6)
                builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_since.AddMinutes(minute), GpuUtilization = random.Next(100) == 0 ? 90 : 1 });
            FleetReport report = builder.Build(null, "x", 5);
            Assert.True(report.Total.Idle > TimeSpan.Zero);
            Assert.InRange(report.Total.Idle, TimeSpan.Zero, report.Total.Covered);
            Assert.InRange(report.Total.Covered, TimeSpan.Zero, report.Total.Burned);
            Assert.InRange(report.Total.Burned, TimeSpan.Zero, TimeSpan.FromDays(7));
            Assert.InRange(report.Total.IdleCost, 0, report.Total.Cost);
            Assert.Equal((double)report.Total.Cost, (double)report.BurnOverTime.Sum(static point => point.PerHour) * (s_now - report.BurnOverTime[0].At).TotalHours / report.BurnOverTime.Count, 3);
            Assert.InRange(report.Total.CoveredCost, report.Total.IdleCost, report.Total.Cost);
            Assert.Equal(report.Total.Cost, report.Breakdowns[0].Groups.Sum(static group => group.Sum.Cost));
        }
    }

    // Readings in minutes before now; expected is the start of the idle time in minutes before now, with < where it may have begun earlier, and whether the instance is blind.
    [Theory]
    [InlineData("90-0:0", "running $2", "<90", false)]
    [InlineData("90-60:90 59-0:0", "running $2", "59", false)]
    [InlineData("90-60:90 50-0:0", "running $2", "<50", false)] // the work was seen too long before
    [InlineData("90-0:0", "running $2 @-40", "40", false)] // restarted, so idle since the start at the latest
    [InlineData("90-29:0", "running $2", "", false)] // the last reading is too old for a present state
    [InlineData("90-31:0", "running $2", "", true)]
    [InlineData("20-0:0", "running $2", "", false)] // shorter than the window
    [InlineData("90-1:0 0:50", "running $2", "", false)] // works again
    [InlineData("90-0:0", "stopped $2", "", false)]
    [InlineData("90-0:0", "", "", false)] // not listed
    [InlineData("90-0:?", "running $2", "", true)]
    [InlineData("", "running $2 @-40", "", true)]
    public void Build_NowIdleOrBlind_AsTheLastReadingsShow(string readings, string listed, string since, bool isBlind)
    {
        var builder = new ReportBuilder(s_since, s_now, new IdleRule());
        if (listed.Length > 0)
        {
            builder.AddFleet([Present("a", listed)]);
            builder.AddVerdicts([IdleDecision.Decide(Present("a", listed), Samples(readings, back: true).ToList(), new IdleRule(), s_now)]);
        }
        foreach (Reading reading in Samples(readings, back: true))
            builder.Add(new InstanceMetrics { Id = "a", SampledAt = reading.At, GpuUtilization = reading.PeakGpu });
        FleetReport report = builder.Build("prod", "x", 5);
        ReportLine line = Assert.Single(report.Lines);
        Assert.Equal(since, line.IdleSince is { } at ? (line.IsIdleLonger ? "<" : "") + (s_now - at).TotalMinutes : "");
        Assert.Equal(isBlind, line.IsBlind);
        Assert.Equal(since.Length > 0 ? new Burn(2, 1, 0) : default, report.IdleNow);
        Assert.Equal(isBlind ? new Burn(2, 1, 0) : default, report.BlindNow);
        Assert.Equal("prod", report.Title);
    }

    // Stops in hours; states as above. Expected are the number of stops and what they saved within the week.
    [Theory]
    [InlineData("10", "running 0-10 $2|stopped 10-20 $2", "", 1, 20.0)]
    [InlineData("10", "running 0-10 $2|stopped 10-20 $2", "stopped $2", 1, 316.0)] // still stopped
    [InlineData("10", "running 0-10 $2|stopped 10-20 $2|running 21-30 $2", "running $2", 1, 20.0)]
    [InlineData("10", "running 0-10 $2|stopped 12-20 $2", "", 1, 16.0)] // seen as stopped later
    [InlineData("", "stopped 10-20 $2", "", 0, 0.0)] // not stopped by a cleanup
    [InlineData("15", "stopped 10-20 $2", "", 1, 10.0)]
    [InlineData("10 10", "stopped 10-20 $2", "", 1, 20.0)] // two cleanups at the same time
    [InlineData("10 30", "stopped 10-20 $2|running 20-30 $2|stopped 30-40 $3", "", 2, 50.0)]
    [InlineData("-50", "stopped -50-20 $2", "", 1, 40.0)] // stopped before the week
    [InlineData("-50", "stopped -50--20 $2", "", 0, 0.0)]
    [InlineData("10", "running 0-10 $2", "", 0, 0.0)] // never seen as stopped
    public void CleanupSavings_Stops_SaveThePriceWhileStopped(string stops, string states, string listed, int count, double saved)
    {
        ReportBuilder builder = Builder(("a", states, listed));
        builder.AddStops(stops.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(static hour => new CleanupStop("a", s_since.AddHours(Number(hour)))).ToList());
        Assert.Equal(new CleanupSavings(count, (decimal)saved, 0), builder.Build(null, "x", 5).Saved);
    }

    [Fact]
    public void CleanupSavings_UnknownPrice_IsALowerBound()
    {
        ReportBuilder builder = Builder(("a", "stopped 10-20 $?", ""));
        builder.AddStops([new CleanupStop("a", s_since.AddHours(10))]);
        Assert.Equal(new CleanupSavings(1, 0, 1), builder.Build(null, "x", 5).Saved);
    }

    // The flag says whether the unit of the readings of two instances is clear. If it is not, idle hours are unknown.
    [Theory]
    [InlineData("0-60:0", "0-60:0", false)]
    [InlineData("0-60:0.5", "0-60:0", true)]
    [InlineData("0-60:1", "0-60:0", true)]
    [InlineData("0-60:1", "0-60:50", false)] // the other instance shows that it is percent
    public void Build_UnitUnclear_NothingIsKnown(string a, string b, bool isUnclear)
    {
        ReportBuilder builder = Builder(("a", "running 0-2 $2", ""), ("b", "running 0-2 $2", ""));
        foreach ((string id, string readings) in new[] { ("a", a), ("b", b) })
        {
            foreach (Reading reading in Samples(readings))
                builder.Add(new InstanceMetrics { Id = id, SampledAt = reading.At, GpuUtilization = reading.PeakGpu });
        }
        FleetReport report = builder.Build(null, "x", 5);
        Assert.Equal(isUnclear, report.IsUnitUnclear);
        Assert.Equal(isUnclear, report.Total.IdleShare is null);
        Assert.Equal(isUnclear, report.Total.Covered == TimeSpan.Zero);
    }

    [Fact]
    public void Build_Breakdown_SumsByGpuWithTheMostIdleFirst()
    {
        var builder = new ReportBuilder(s_since, s_now, new IdleRule());
        builder.AddFleet([Gpu("a", "h100", 4), Gpu("b", "H100", 4), Gpu("c", "rtx", 1), Gpu("d", null, 9)]);
        for (int minute = 60; minute >= 0; minute--)
        {
            builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_now.AddMinutes(-minute), GpuUtilization = 0 });
            builder.Add(new InstanceMetrics { Id = "b", SampledAt = s_now.AddMinutes(-minute), GpuUtilization = 80 });
            builder.Add(new InstanceMetrics { Id = "c", SampledAt = s_now.AddMinutes(-minute), GpuUtilization = 0 });
        }
        List<Reading> idle = Samples("60-0:0", back: true).ToList();
        builder.AddVerdicts([IdleDecision.Decide(Gpu("a", "h100", 4), idle, new IdleRule(), s_now), IdleDecision.Decide(Gpu("c", "rtx", 1), idle, new IdleRule(), s_now)]);
        FleetReport report = builder.Build(null, "x", 5);
        ReportBreakdown breakdown = Assert.Single(report.Breakdowns);
        Assert.Equal(["h100", "rtx", null], breakdown.Groups.Select(static group => group.Name));
        Assert.Equal([2, 1, 1], breakdown.Groups.Select(static group => group.Count));
        Assert.Equal([4m, 1m, 0m], breakdown.Groups.Select(static group => group.Sum.IdleCost));
        Assert.Equal([0.5, 1.0, null], breakdown.Groups.Select(static group => group.Sum.IdleShare));
        Assert.Equal([new Burn(4, 1, 0), new Burn(1, 1, 0), default], breakdown.Groups.Select(static group => group.IdleNow));
        Assert.Equal([default, default, new Burn(9, 1, 0)], breakdown.Groups.Select(static group => group.BlindNow));
        // One hour was read, so a month has 730 times the idle cost.
        Assert.Equal(5 * 730, report.PerMonth(report.Total.IdleCost));

        static Instance Gpu(string id, string? gpu, decimal price) => new() { Id = id, Gpu = gpu, Status = "running", CostPerHour = price, StartedAt = s_now.AddHours(-2) };
    }

    [Fact]
    public void Build_BurnOverTime_BeginsWithTheFirstBilledTime()
    {
        Assert.Equal(s_since.AddHours(100), Build(1, ("a", "running 100-168 $2", "")).BurnOverTime[0].At);
        // A chart shows an hour at least.
        Assert.Equal(s_now.AddHours(-1), Build(1, ("a", "running 167.9-168 $2", "")).BurnOverTime[0].At);
        Assert.Empty(Build(1, ("a", "running 100-168 $?", "")).BurnOverTime);
    }

    // Minutes of readings, and the expected points: the number, and the peaks of those with readings. A part is at first 5 minutes long.
    [Theory]
    [InlineData("0:10", "10")]
    [InlineData("0:10 4:30 5:20", "30 20")]
    [InlineData("0:10 12:20", "10 - 20")]
    public void LoadBuckets_Readings_AreParts(string readings, string expected)
    {
        var buckets = new LoadBuckets(TimeSpan.FromMinutes(5));
        foreach (Reading reading in Samples(readings))
            buckets.Add(reading.At, reading.PeakGpu!.Value);
        Assert.Equal(expected, string.Join(" ", buckets.Points().Select(static point => point.Peak?.ToString(CultureInfo.InvariantCulture) ?? "-")));
    }

    [Fact]
    public void LoadBuckets_AnyLength_KeepsSumsAndPeaks()
    {
        var buckets = new LoadBuckets(TimeSpan.FromMinutes(5));
        for (int minute = 0; minute <= 90 * 24 * 60; minute += 7)
        {
            buckets.Add(s_since.AddMinutes(minute), minute % 2 == 0 ? 0 : 50);
            IReadOnlyList<LoadPoint> points = buckets.Points();
            Assert.InRange(points.Count, 1, 128);
            if (minute % 1001 == 0)
                Assert.InRange(points[points.Count - 1].At, s_since, s_since.AddMinutes(minute + (minute / 64) + 5));
        }
        Assert.Equal(25, buckets.Mean!.Value, 1);
        Assert.All(buckets.Points(), static point => Assert.Equal(50, point.Peak));
        Assert.InRange(buckets.Points().Count, 64, 128);
    }

    [Fact]
    public void Add_OutsideTheTime_IsIgnored()
    {
        ReportBuilder builder = Builder(("a", "running 0-168 $2", ""));
        builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_since.AddSeconds(-1), GpuUtilization = 50 });
        builder.Add(new InstanceMetrics { Id = "a", SampledAt = s_now.AddSeconds(1), GpuUtilization = 50 });
        FleetReport report = builder.Build(null, "x", 5);
        Assert.Equal(0, report.Readings);
        Assert.Null(report.Lines[0].MeanGpu);
    }

    /// <summary>Returns a listed instance whose start is in minutes from now.</summary>
    private static Instance Present(string id, string text)
    {
        string[] parts = text.Split(' ');
        double? started = parts.FirstOrDefault(static part => part[0] == '@') is { } at ? Number(at.Substring(1)) : null;
        return new Instance { Id = id, Status = parts[0], CostPerHour = Price(parts), StartedAt = started is { } minutes ? s_now.AddMinutes(minutes) : s_now.AddDays(-1) };
    }

    private static FleetReport Build(int top, params (string Id, string States, string Listed)[] fleet) => Builder(fleet).Build(null, "x", top);

    private static ReportBuilder Builder(params (string Id, string States, string Listed)[] fleet)
    {
        var builder = new ReportBuilder(s_since, s_now, new IdleRule());
        builder.AddStates(fleet.SelectMany(static one => one.States.Split(['|'], StringSplitOptions.RemoveEmptyEntries).Select(text => State(one.Id, text))));
        builder.AddFleet(fleet.Where(static one => one.Listed.Length > 0).Select(static one => Listed(one.Id, one.Listed)).ToList());
        return builder;
    }

    private static RecordedState State(string text) => State("a", text);

    private static RecordedState State(string id, string text)
    {
        string[] parts = text.Split(' ');
        int dash = parts[1].IndexOf('-', 1);
        return new RecordedState
        {
            Id = id,
            Status = parts[0] == "gone" ? null : parts[0],
            Since = s_since.AddHours(Number(parts[1].Substring(0, dash))),
            LastSeen = s_since.AddHours(Number(parts[1].Substring(dash + 1))),
            LargestGap = TimeSpan.Zero,
            CostPerHour = Price(parts),
            StartedAt = Started(parts),
        };
    }

    private static Instance Listed(string text) => Listed("a", text);

    private static Instance Listed(string id, string text)
    {
        string[] parts = text.Split(' ');
        return new Instance { Id = id, Status = parts[0], CostPerHour = Price(parts), StartedAt = Started(parts) };
    }

    private static decimal? Price(string[] parts) =>
        parts.FirstOrDefault(static part => part[0] == '$') is { } price && price != "$?" ? decimal.Parse(price.TrimStart('$'), CultureInfo.InvariantCulture) : null;

    private static DateTimeOffset? Started(string[] parts) =>
        parts.FirstOrDefault(static part => part[0] == '@') is { } at ? s_since.AddHours(Number(at.Substring(1))) : null;

    /// <summary>Returns readings by the minute, from the start of the week or back from now.</summary>
    private static IEnumerable<Reading> Samples(string text, bool back = false)
    {
        foreach (string part in text.Split([' '], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split(':');
            string[] range = pair[0].Split('-');
            string[] load = pair[1].TrimEnd('!').Split('/');
            int first = (int)Number(range[0]), last = (int)Number(range[range.Length - 1]);
            for (int minute = back ? -first : first; minute <= (back ? -last : last); minute++)
            {
                yield return new Reading(
                    (back ? s_now : s_since).AddMinutes(minute),
                    load[0] == "?" ? null : Number(load[0]),
                    load.Length > 1 ? Number(load[1]) : null,
                    1,
                    pair[1].Contains('!'),
                    null);
            }
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Hour(DateTimeOffset at) => (at - s_since).TotalHours.ToString(CultureInfo.InvariantCulture);

    private static string Minute(DateTimeOffset at) => (at - s_since).TotalMinutes.ToString(CultureInfo.InvariantCulture);
}
