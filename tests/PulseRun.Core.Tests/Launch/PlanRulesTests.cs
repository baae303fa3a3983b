using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class PlanRulesTests
{
    /// <summary>Every error id of the module with every end of an attempt: two cells of the table move on, and no other.</summary>
    [Fact]
    public void OnlyAProvenLackOfCapacity_MovesOn()
    {
        var ids = typeof(ErrorIds).GetFields().Select(static field => (string)field.GetRawConstantValue()!).Concat(["BudgetExceeded", "PolicyViolation", "SomethingNew"]).ToList();
        foreach (var end in Enumerable.Range(0, (int)AttemptEnd.Launched + 1).Select(static at => (AttemptEnd)at))
        {
            foreach (string id in ids)
            {
                foreach (bool speaks in new[] { false, true })
                {
                    bool expected = (end == AttemptEnd.Rejected && id == ErrorIds.CapacityUnavailable) || (end == AttemptEnd.ProvenAbsent && speaks);
                    Assert.True(expected == PlanRules.MovesOn(end, id, speaks), end + " " + id + " " + speaks);
                }
            }
        }
    }

    [Fact]
    public void KeyOf_TheFirstIsThePlan_AndEachAttemptHasItsOwn()
    {
        var random = new Random(1);
        var keys = new HashSet<Guid>();
        for (int plan = 0; plan < 200; plan++)
        {
            byte[] bytes = new byte[16];
            random.NextBytes(bytes);
            var intent = new Guid(bytes);
            Assert.Equal(intent, PlanRules.KeyOf(intent, 0));
            Assert.Equal(intent, PlanRules.KeyOf(intent, 1));
            for (int attempt = 1; attempt <= 30; attempt++)
                Assert.True(keys.Add(PlanRules.KeyOf(intent, attempt)));
            Assert.True(keys.Add(PlanRules.KeyOf(intent, int.MaxValue)));
            Assert.Equal(PlanRules.KeyOf(intent, 7), PlanRules.KeyOf(intent, 7));
        }
    }

    [Theory]
    [InlineData(1, 60, 2, 60)]
    [InlineData(5, 60, 2, 60)]
    [InlineData(1, 600, 2, 60)]
    [InlineData(2, 600, 2, 120)]
    [InlineData(4, 600, 2, 480)]
    [InlineData(5, 600, 2, 600)]
    [InlineData(500, 600, 2, 600)]
    [InlineData(1, 5, 1, 5)]
    [InlineData(1, 1, 2, 4)]
    [InlineData(1, 5, 100, 200)]
    public void Wait_BacksOffToTheInterval_AndLeavesHalfOfTheRateLimit(int round, int every, int alternatives, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), PlanRules.Wait(round, TimeSpan.FromSeconds(every), alternatives));
}
