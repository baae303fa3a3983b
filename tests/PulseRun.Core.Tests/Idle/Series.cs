using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Creates series of readings, in minutes before now.</summary>
internal static class Series
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly IdleRule Rule = new();

    public static Instance Running(double? startedMinutesAgo = 600, string? status = "running") => new()
    {
        Id = "inst_1",
        Status = status,
        Gpu = "h100_80gb",
        CostPerHour = 2.5m,
        StartedAt = startedMinutesAgo is { } minutes ? Now.AddMinutes(-minutes) : null,
    };

    public static Reading At(double minutesAgo, double? gpu = 0, double? memory = null, int gpus = 0, bool isPartial = false, double? uptimeMinutes = null) =>
        new(Now.AddTicks(-(long)(minutesAgo * TimeSpan.TicksPerMinute)), gpu, memory, gpus, isPartial, uptimeMinutes is { } up ? TimeSpan.FromMinutes(up) : null);

    /// <summary>Returns one reading a minute; <paramref name="reading"/> creates each from its age in minutes.</summary>
    public static List<Reading> Each(int from, int to, Func<int, Reading> reading, int step = 1)
    {
        var readings = new List<Reading>();
        for (int age = from; age >= to; age -= step)
            readings.Add(reading(age));
        return readings;
    }

    public static List<Reading> Zeros(int from = 35, int to = 0, int step = 1) => Each(from, to, age => At(age), step);

    /// <summary>Returns readings of 0 with a 1 now and then, as a percent server reports an idle GPU, and a fraction server a periodic full load.</summary>
    public static List<Reading> ZerosAndOnes(int from = 35, int to = 0) => Each(from, to, age => At(age, age % 4 == 0 ? 1 : 0));

    /// <summary>Returns half an hour of idle readings in which one minute is replaced.</summary>
    public static List<Reading> With(int age, Reading reading)
    {
        var readings = Zeros();
        readings[readings.Count - 1 - age] = reading;
        return readings;
    }

    public static List<Reading> Without(Func<int, bool> missing) =>
        Each(35, 0, age => At(age)).Where((_, index) => !missing(35 - index)).ToList();

    public static IdleVerdict Decide(IReadOnlyList<Reading> readings, Instance? instance = null, IdleRule? rule = null, bool metricsFailed = false, UnitEvidence unit = default) =>
        IdleDecision.Decide(instance ?? Running(), readings, rule ?? Rule, Now, metricsFailed, unit: unit);
}
