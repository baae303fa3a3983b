using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Tests.Support;

/// <summary>Creates frames for tests.</summary>
internal static class Frames
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    public static FleetFrame Of(params Instance[] fleet)
    {
        var rule = new IdleRule();
        Dictionary<string, IReadOnlyList<Reading>> windows = fleet.Where(static one => one.Status == "running").ToDictionary(
            static one => one.Id,
            static one => (IReadOnlyList<Reading>)Enumerable.Range(0, 36).Select(i => new Reading(Now.AddMinutes(i - 35), i % 10 * 11, 100, 1, false, null)).ToList());
        List<IdleVerdict> verdicts = fleet.Select(one => IdleDecision.Decide(one, windows.TryGetValue(one.Id, out IReadOnlyList<Reading>? readings) ? readings : [], rule, Now)).ToList();
        return FleetFrame.Of(Now, verdicts, windows, new AccountBalance { Balance = 391.47m, Currency = "usd" }, 0, rule.For);
    }

    public static FleetFrame Many(int count) => Of(Enumerable.Range(0, count).Select(static i => One("inst_" + i.ToString("00", System.Globalization.CultureInfo.InvariantCulture))).ToArray());

    public static Instance One(string id, string text = "h100_80gb") => new()
    {
        Id = id,
        Status = "running",
        Gpu = text,
        Provider = text,
        Region = text,
        CostPerHour = 2.1m,
        StartedAt = Now.AddDays(-2),
    };
}
