using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class FleetViewTests
{
    private static SteadyTime At(double seconds) => new("b", TimeSpan.FromSeconds(seconds));

    private static LaunchRecord Launch(decimal? price, double? sent, LaunchOutcome? outcome = null, string? id = null, bool isGone = false, OwnerState owner = OwnerState.Alive) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = new LaunchRequest(),
        RequestedAt = default,
        Sent = sent is { } at ? At(at) : null,
        SentAt = sent is null ? null : default(DateTimeOffset),
        RequestTimeout = TimeSpan.FromSeconds(100),
        Price = price,
        Outcome = outcome,
        InstanceId = id,
        IsGone = isGone,
        OwnerState = owner,
    };

    private static FleetView View(string fleet, bool allow = false) => new(
        10,
        Burn.Of(fleet.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split(':')).Select(parts => new Instance
        {
            Status = parts[0],
            CostPerHour = parts[1].Length == 0 ? null : decimal.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
        })),
        new HashSet<string> { "listed" },
        At(1000),
        allow);

    [Theory]
    [InlineData("running:2 running:3", 5.0, false, "Within")]
    [InlineData("running:2 running:3", 5.01, false, "Exceeded")]
    [InlineData("running:2 stopped:30 failed:9 error:9 terminated:9", 8.0, false, "Within")]
    [InlineData("running:2", null, false, "Within")]
    [InlineData("running:10", null, false, "Exceeded")]
    [InlineData("running:2 running:", 1.0, false, "PriceUnknown")]
    [InlineData("running:2 running:", 1.0, true, "Within")]
    [InlineData("running:9.5 running:", 1.0, true, "Exceeded")]
    [InlineData("running:2 stopped:", 1.0, false, "Within")]
    [InlineData("running:-50 running:9.5", 1.0, false, "Exceeded")]
    public void Weigh_TheListedFleet(string fleet, double? price, bool allow, string expected) =>
        Assert.Equal(expected, View(fleet, allow).Weigh([], Guid.Empty, (decimal?)price).Check.ToString());

    public static TheoryData<string> OnTheirWay()
    {
        var cases = new TheoryData<string>();
        foreach (string name in s_launches.Keys)
            cases.Add(name);
        return cases;
    }

    private static readonly Dictionary<string, (LaunchRecord Launch, decimal PerHour)> s_launches = new()
    {
        ["open, sent before the list"] = (Launch(4, 990), 4),
        ["open, sent after the list"] = (Launch(4, 1010), 4),
        ["open, about to be sent"] = (Launch(4, null), 4),
        ["open, never sent by a dead owner"] = (Launch(4, null, owner: OwnerState.Dead), 0),
        ["open, so old that the list shows what it became"] = (Launch(4, 500), 0),
        ["launched after the list"] = (Launch(4, 1010, LaunchOutcome.Launched, "a"), 4),
        ["launched just before the list, which lags"] = (Launch(4, 990, LaunchOutcome.Launched, "a"), 4),
        ["launched long before the list, and gone since"] = (Launch(4, 500, LaunchOutcome.Launched, "a"), 0),
        ["launched and listed"] = (Launch(4, 990, LaunchOutcome.Launched, "listed"), 0),
        ["launched and terminated"] = (Launch(4, 1010, LaunchOutcome.Launched, "a", isGone: true), 0),
        ["not launched"] = (Launch(4, 1010, LaunchOutcome.NotLaunched), 0),
    };

    [Theory]
    [MemberData(nameof(OnTheirWay))]
    public void Weigh_ALaunchOnItsWay(string name)
    {
        var (launch, perHour) = s_launches[name];
        Assert.Equal(5 + perHour, View("running:5").Weigh([launch], Guid.Empty, 1).PerHour);
        Assert.Equal(5, View("running:5").Weigh([launch], launch.IntentId, 1).PerHour);
    }

    [Fact]
    public void Weigh_AnOpenLaunchWithoutAPrice_MustBeAllowed()
    {
        var open = Launch(null, 1010);
        Assert.Equal(CostCheck.PriceUnknown, View("running:5").Weigh([open], Guid.Empty, 1).Check);
        Assert.Equal(CostCheck.Within, View("running:5", allow: true).Weigh([open], Guid.Empty, 1).Check);
    }
}
