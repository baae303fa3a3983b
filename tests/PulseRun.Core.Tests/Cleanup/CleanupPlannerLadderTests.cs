using System;
using System.Linq;
using PulseRun.Core.Cleanup;
using Xunit;

namespace PulseRun.Core.Tests.Cleanup;

public class CleanupPlannerLadderTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CleanupRule s_rule = new() { Ladder = new LadderRule(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(20)) };

    private static CleanupCandidate Candidate(string id, Verdict verdict, Verdict early, double? warned, bool isProtected = false, decimal cost = 1)
    {
        var instance = new Instance { Id = id, Status = "running", CostPerHour = cost };
        IdleVerdict Judged(Verdict one) => new(instance) { Verdict = one, IdleSince = s_now.AddMinutes(-45), JudgedAt = s_now, IsSilent = one == Verdict.Unknown };
        return new CleanupCandidate(instance)
        {
            Verdict = Judged(verdict),
            Early = Judged(early),
            WasAsked = true,
            IsProtected = isProtected,
            Warning = warned is { } minutes ? new IdleWarning(Guid.NewGuid(), s_now.AddMinutes(-45), s_now, s_now.AddMinutes(-minutes)) : null,
        };
    }

    private static string Plan(CleanupRule rule, params CleanupCandidate[] candidates) =>
        string.Join(" ", CleanupPlanner.Plan(candidates, rule, new CleanupInput(s_now)).Decisions.Select(static one => one.Candidate.Instance.Id + ":" + one.Step + ":" + one.Reason));

    [Fact]
    public void Plan_WarnsWaitsAndStops()
    {
        Assert.Equal("a:Skip:Active", Plan(s_rule, Candidate("a", Verdict.Active, Verdict.Active, null)));
        Assert.Equal("a:Warn:WarningDue", Plan(s_rule, Candidate("a", Verdict.Active, Verdict.Idle, null)));
        Assert.Equal("a:Warn:WarningDue", Plan(s_rule, Candidate("a", Verdict.Idle, Verdict.Idle, null)));
        Assert.Equal("a:Skip:WarningPending", Plan(s_rule, Candidate("a", Verdict.Idle, Verdict.Idle, 9.9)));
        Assert.Equal("a:Skip:WarningPending", Plan(s_rule, Candidate("a", Verdict.Active, Verdict.Idle, 15)));
        Assert.Equal("a:Stop:Idle", Plan(s_rule, Candidate("a", Verdict.Idle, Verdict.Idle, 10)));
        // Without the ladder the warnings do not matter.
        Assert.Equal("a:Stop:Idle", Plan(new(), Candidate("a", Verdict.Idle, Verdict.Idle, null)));
    }

    [Fact]
    public void Plan_WarnsOfNothingThatIsNotActedOn()
    {
        Assert.Equal("a:Skip:Protected", Plan(s_rule, Candidate("a", Verdict.Idle, Verdict.Idle, null, isProtected: true)));
        Assert.Equal("a:Skip:Excluded", Plan(s_rule with { Excludes = static _ => true }, Candidate("a", Verdict.Idle, Verdict.Idle, null)));
        // Two of three gave no metrics: an outage.
        Assert.Equal("a:Skip:MetricsOutage b:Skip:Unknown c:Skip:Unknown",
            Plan(s_rule, Candidate("a", Verdict.Idle, Verdict.Idle, null), Candidate("b", Verdict.Unknown, Verdict.Unknown, null), Candidate("c", Verdict.Unknown, Verdict.Unknown, null)));
    }

    [Fact]
    public void Plan_WarningsDoNotCountAsActs() =>
        Assert.Equal("a:Warn:WarningDue b:Warn:WarningDue c:Stop:Idle d:Skip:MaxActions",
            Plan(s_rule with { MaxActions = 1 }, Candidate("a", Verdict.Idle, Verdict.Idle, null), Candidate("b", Verdict.Idle, Verdict.Idle, null), Candidate("c", Verdict.Idle, Verdict.Idle, 10, cost: 2), Candidate("d", Verdict.Idle, Verdict.Idle, 10)));

    [Theory]
    [InlineData(10, 100, null, 10)]
    [InlineData(10, 100, 25.0, 10)]
    [InlineData(10, 39, 25.0, 9)]
    [InlineData(10, 3, 25.0, 1)]
    [InlineData(10, 0, 25.0, 1)]
    [InlineData(0, 100, 25.0, 0)]
    [InlineData(10, 8, 100.0, 8)]
    public void MostActs_IsTheSmallerLimit_AndAllowsOne(int most, int running, double? percent, int expected) =>
        Assert.Equal(expected, new CleanupRule { MaxActions = most, MaxActionPercent = percent }.MostActs(running));

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    public void Check_RefusesAShareThatIsNone(double percent) => Assert.Equal("MaxActionPercent", new CleanupRule { MaxActionPercent = percent }.Check()!.Field);
}
