using System;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class LaunchSelectionTests
{
    private static readonly LaunchRecord s_dead = Record(OwnerState.Dead);
    private static readonly LaunchRecord s_elsewhere = Record(OwnerState.Elsewhere);
    private static readonly LaunchRecord s_again = Record(OwnerState.Released, LaunchOutcome.NotLaunched);
    private static readonly LaunchesLeft s_left = new([s_dead, s_elsewhere], [Record(OwnerState.Alive)], [Record(OwnerState.Released, LaunchOutcome.Launched)], [s_again]);

    [Fact]
    public void ToFind_OpenOnesComeFirst_AndNeitherBusyNorKnownOnesAreAmongThem() =>
        Assert.Equal([s_dead, s_elsewhere, s_again], LaunchSelection.ToFind(s_left, withElsewhere: true));

    [Fact]
    public void ToFind_LaunchOfAnotherMachine_IsLeftToAPerson() =>
        Assert.Equal([s_dead, s_again], LaunchSelection.ToFind(s_left, withElsewhere: false));

    [Theory]
    [InlineData(false, LaunchOutcome.NotLaunched, true)]
    [InlineData(false, LaunchOutcome.Unknown, true)]
    [InlineData(true, LaunchOutcome.NotLaunched, false)]
    [InlineData(true, LaunchOutcome.Launched, true)]
    public void IsNews_UnlessItWasReportedAsNotLaunchedAndStillIs(bool wasReported, LaunchOutcome found, bool isNews) =>
        Assert.Equal(isNews, LaunchSelection.IsNews(wasReported ? s_again : s_dead, new PulseRun.Launch { Outcome = found }));

    [Fact]
    public void Refuse_UnknownId_IsInvalid() => Assert.Equal(ErrorIds.InvalidRequest, LaunchSelection.Refuse(Guid.NewGuid(), null)?.ErrorId);

    [Fact]
    public void Refuse_OpenLaunchOfALivingCommand_IsAConflict() => Assert.Equal(ErrorIds.Conflict, LaunchSelection.Refuse(Guid.NewGuid(), Record(OwnerState.Alive))?.ErrorId);

    [Fact]
    public void Refuse_OthersAreAccepted()
    {
        foreach (LaunchRecord record in new[] { s_dead, s_elsewhere, s_again, Record(OwnerState.Alive, LaunchOutcome.Launched) })
            Assert.Null(LaunchSelection.Refuse(record.IntentId, record));
    }

    [Theory]
    [InlineData("https://api.pulserun.dev", OwnerState.Released, 1000, true)]
    [InlineData("https://api.pulserun.dev", OwnerState.Elsewhere, 1000, true)]
    [InlineData("https://api.pulserun.dev", OwnerState.Dead, 0, true)]
    [InlineData("https://api.pulserun.dev", OwnerState.Alive, 1000, false)]
    [InlineData("http://127.0.0.1:5000", OwnerState.Released, 23, true)]
    [InlineData("work (http://127.0.0.1:5000)", OwnerState.Released, 25, false)]
    [InlineData("https://emulator.pulserun.invalid", OwnerState.Released, 25, false)]
    [InlineData(null, OwnerState.Released, 1000, true)]
    public void Mentioned_IsWhatAUserCanStillResolve(string? origin, object owner, int hours, bool isMentioned)
    {
        LaunchRecord record = Record((OwnerState)owner) with { Origin = origin };
        Assert.Equal(isMentioned ? 1 : 0, LaunchSelection.Mentioned([record], record.RequestedAt.AddHours(hours)).Count);
    }

    [Fact]
    public void Mentioned_CountsByConnection() => Assert.Equal(
        [(null, 1), ("https://a.test", 2), ("work (https://a.test)", 1)],
        LaunchSelection.Mentioned(new[] { "work (https://a.test)", "https://a.test", null, "https://a.test" }.Select(origin => s_dead with { Origin = origin }), s_dead.RequestedAt));

    private static LaunchRecord Record(OwnerState owner, LaunchOutcome? outcome = null) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" },
        RequestedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        OwnerState = owner,
        Outcome = outcome,
    };
}
