using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using Xunit;

namespace PulseRun.Core.Tests.Schedules;

public class ScheduleRulesTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static ScheduleRequest Valid => new() { Name = "nightly", Gpu = "h100_80gb", Template = "pytorch", Cron = "0 2 * * *", Spot = true };

    [Theory]
    [InlineData("01:00:00", 1)]
    [InlineData("04:00:00", 4)]
    [InlineData("1.00:00:00", 24)]
    public void WholeHours_AreSent(string time, int hours) => Assert.Equal(hours, ScheduleRules.Hours(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("01:30:00", "01:00:00 or 02:00:00")]
    [InlineData("00:30:00", "Use 01:00:00")]
    [InlineData("04:00:01", "04:00:00 or 05:00:00")]
    [InlineData("00:00:00", "at least one hour")]
    [InlineData("-01:00:00", "at least one hour")]
    public void AnotherDuration_IsRefused_WithTheNearestOnes(string time, string says)
    {
        var error = Assert.Throws<PulseRunException>(() => ScheduleRules.Hours(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((ErrorIds.InvalidRequest, "MaxDuration"), (error.ErrorId, error.Field));
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public void EachInvalidField_IsNamed()
    {
        Assert.Null(ScheduleRules.Check(Valid));
        Assert.Null(ScheduleRules.Hours(null));
        (ScheduleRequest Request, string Field)[] wrong =
        [
            (Valid with { Name = " " }, "Name"), (Valid with { Name = "a\u001b" }, "Name"), (Valid with { Name = new string('x', 201) }, "Name"),
            (Valid with { Gpu = "" }, "Gpu"), (Valid with { Template = null }, "Template"), (Valid with { Cron = "" }, "Cron"), (Valid with { MaxCost = 0 }, "MaxCost"),
            (Valid with { DockerImage = "x" }, "DockerImage"), (Valid with { Template = "custom" }, "DockerImage"),
        ];
        Assert.All(wrong, static one => Assert.Equal((ErrorIds.InvalidRequest, one.Field), (ScheduleRules.Check(one.Request)!.ErrorId, ScheduleRules.Check(one.Request)!.Field)));
    }

    [Fact]
    public void OneEqualScheduleThatIsNew_WasCreated()
    {
        PulseRun.Schedule own = Listed("b");
        var match = Match([Listed("a"), own, Listed("c", name: "other")], before: ["a"]);
        Assert.Equal((ScheduleMatchKind.Created, own), (match.Kind, match.Schedule));
        // The spelling of the server does not matter.
        Assert.Equal(ScheduleMatchKind.Created, Match([Listed("b", name: "Nightly", cron: " 0  2 * * * ", gpu: "H100_80GB")]).Kind);
    }

    [Fact]
    public void NothingNew_IsProofOnlyWhenTheListMustShowIt()
    {
        Assert.Equal(ScheduleMatchKind.NotCreated, Match([Listed("a")], before: ["a"]).Kind);
        Assert.Equal(ScheduleMatchKind.NotYet, Match([Listed("a")], before: ["a"], isSettled: false).Kind);
        Assert.Equal(ScheduleMatchKind.NotCreated, Match([Listed("x", name: "other")]).Kind);
        Assert.Equal(ScheduleMatchKind.NotCreated, Match([Listed("taken")], claimed: ["taken"]).Kind);
        // One that is older than the request is another one, even if no list has shown it before.
        Assert.Equal(ScheduleMatchKind.NotCreated, Match([Listed("old", createdAt: s_sent.AddMinutes(-3))]).Kind);
        Assert.Equal(ScheduleMatchKind.Created, Match([Listed("new", createdAt: s_sent.AddMinutes(-1))]).Kind);
    }

    [Fact]
    public void Doubt_IsNeverAnAdoption()
    {
        (IReadOnlyList<PulseRun.Schedule> Rows, int Candidates)[] cases =
        [
            ([Listed("a"), Listed("b")], 2),
            ([Listed("a"), Listed("b", cron: "0 3 * * *")], 2),
            ([Listed("a", cron: "0 3 * * *")], 1),
            ([Listed("a", gpu: "a100_80gb")], 1),
            // The list shows no names, and all else agrees.
            ([Listed("a", name: null)], 1),
            ([new PulseRun.Schedule { Id = "a" }], 1),
        ];
        foreach ((IReadOnlyList<PulseRun.Schedule> rows, int candidates) in cases)
        {
            var match = Match(rows);
            Assert.Equal((ScheduleMatchKind.Ambiguous, candidates), (match.Kind, match.Candidates.Count));
        }
        Assert.Equal(ScheduleMatchKind.NotCreated, Match([Listed("a", name: null, gpu: "a100_80gb")]).Kind);
    }

    private static ScheduleMatch Match(IReadOnlyList<PulseRun.Schedule> rows, string[]? before = null, string[]? claimed = null, bool isSettled = true) => ScheduleMatcher.Match(
        new ScheduleRecord { IntentId = Guid.NewGuid(), Request = Valid, RequestedAt = s_sent, RequestTimeout = TimeSpan.FromSeconds(100), Before = before ?? [], OwnerState = OwnerState.Alive },
        rows,
        new HashSet<string>(claimed ?? []),
        s_sent,
        isSettled);

    private static PulseRun.Schedule Listed(string id, string? name = "nightly", string cron = "0 2 * * *", string gpu = "h100_80gb", DateTimeOffset? createdAt = null) =>
        new() { Id = id, Name = name, Cron = cron, Gpu = gpu, Template = "pytorch", CreatedAt = createdAt ?? s_sent.AddSeconds(1) };
}
