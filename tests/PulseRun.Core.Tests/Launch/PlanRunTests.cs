using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

/// <summary>The walk through plans, in simulated time: a few cases in full, and many by seed.</summary>
public class PlanRunTests
{
    private static LaunchPlan Plan(int alternatives, int retryForSec, int everySec = 60) => new(PlanAlternatives.Of(
        new LaunchRequest { Template = "pytorch" }, Enumerable.Range(0, alternatives).Select(static n => "g" + n).ToArray(), [], [], [null]))
    {
        RetryFor = TimeSpan.FromSeconds(retryForSec),
        RetryEvery = TimeSpan.FromSeconds(everySec),
    };

    /// <summary>Runs a plan whose attempts take a second and are all refused. Returns when each alternative was asked for.</summary>
    private static List<(double At, int Alternative)> Refuse(LaunchPlan plan, PlanRefusals? refusals = null, double random = 0, double from = 1000)
    {
        refusals ??= new PlanRefusals();
        var run = new PlanRun(plan, refusals);
        var now = TimeSpan.FromSeconds(from);
        var asked = new List<(double, int)>();
        while (true)
        {
            var step = run.Next(now, random);
            switch (step.Kind)
            {
                case LaunchStepKind.Over:
                    return asked;
                case LaunchStepKind.Wait:
                    Assert.True(step.Time > now);
                    now = step.Time;
                    break;
                case LaunchStepKind.Ask:
                    asked.Add(((now - TimeSpan.FromSeconds(from)).TotalSeconds, step.Alternative));
                    now += TimeSpan.FromSeconds(1);
                    refusals.Refused(plan.Alternatives[step.Alternative], now);
                    break;
                default:
                    break;
            }
        }
    }

    [Fact]
    public void WithoutRetry_EachAlternativeIsAskedForOnce() => Assert.Equal([(0, 0), (1, 1), (2, 2)], Refuse(Plan(3, 0)));

    [Fact]
    public void WithRetry_RoundsFollowOneAnother_UntilTheTimeIsOver() =>
        Assert.Equal([(0, 0), (1, 1), (62, 0), (63, 1), (124, 0), (125, 1)], Refuse(Plan(2, 180)));

    [Fact]
    public void TheLastWaitIsCutToTheDeadline_AndNoneIsWaitedForThatWouldComeAfterIt()
    {
        Assert.Equal([0, 1], Refuse(Plan(2, 60)).Select(static one => one.At));
        Assert.Equal([0, 1, 66, 67], Refuse(Plan(2, 70), random: 1).Select(static one => one.At));
    }

    [Fact]
    public void WhatWasRefusedToAnotherLaunch_IsNotAskedForWithin60s()
    {
        var plan = Plan(2, 0);
        var refusals = new PlanRefusals();
        refusals.Refused(plan.Alternatives[0], TimeSpan.FromSeconds(950));
        Assert.Equal([(0, 1)], Refuse(plan, refusals));
        Assert.Empty(Refuse(plan, refusals, from: 1002));
        Assert.Equal([(0, 0)], Refuse(plan, refusals, from: 1015));
    }

    /// <summary>Runs several plans of one command, with and without answers, at random times.</summary>
    [Fact]
    public void ManyPlans_KeepToTheRules()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int alternatives = random.Next(1, 6);
            var plan = Plan(alternatives, random.Next(3) == 0 ? 0 : random.Next(1, 4000), random.Next(1, 700));
            var refusals = new PlanRefusals();
            var plans = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Run: new PlanRun(plan, refusals), Due: TimeSpan.FromSeconds(random.NextDouble() * 20))).ToArray();
            var refused = new Dictionary<int, TimeSpan>();
            var asked = new List<(TimeSpan At, int Alternative)>();
            var firsts = new int[plans.Length];
            var open = new HashSet<int>(Enumerable.Range(0, plans.Length));
            var starts = plans.Select(static one => one.Due).ToArray();
            for (int steps = 0; open.Count > 0; steps++)
            {
                Assert.True(steps < 200_000, "seed " + seed + " does not end");
                int at = open.OrderBy(one => plans[one].Due).First();
                var now = plans[at].Due;
                var step = plans[at].Run.Next(now, random.NextDouble());
                switch (step.Kind)
                {
                    case LaunchStepKind.Over:
                        Assert.True(firsts[at] >= alternatives, "seed " + seed + " left an alternative out");
                        Assert.True(now - starts[at] <= plan.RetryFor + TimeSpan.FromSeconds(10 + (alternatives * 5)), "seed " + seed + " went on too long");
                        open.Remove(at);
                        break;
                    case LaunchStepKind.Wait:
                        Assert.True(step.Time > now && step.Time - starts[at] <= plan.RetryFor, "seed " + seed + " waits beyond its time");
                        plans[at].Due = step.Time;
                        break;
                    case LaunchStepKind.Ask:
                        firsts[at]++;
                        Assert.False(refused.TryGetValue(step.Alternative, out var before) && now - before < plan.Rest, "seed " + seed + " asked again too soon");
                        asked.Add((now, step.Alternative));
                        refused[step.Alternative] = now;
                        refusals.Refused(plan.Alternatives[step.Alternative], now);
                        plans[at].Due = now + TimeSpan.FromSeconds(random.NextDouble() * 5);
                        break;
                    default:
                        firsts[at]++;
                        Assert.True(now - refused[step.Alternative] < plan.Rest, "seed " + seed + " left out what it could ask for");
                        break;
                }
            }
            // From the second round on, half of the rate limit is left to others, per plan.
            foreach (var (time, _) in asked)
                Assert.True(asked.Count(one => one.At >= time && one.At < time + TimeSpan.FromMinutes(1)) <= (PlanRules.RequestsPerMinute * plans.Length) + (alternatives * 2), "seed " + seed + " asks too often");
        }
    }
}
