using System;
using PulseRun.Core.Watch;
using Xunit;

namespace PulseRun.Core.Tests.Watch;

public class WatchBudgetTests
{
    [Theory]
    [InlineData(60, 10, 10, 54)] // 6 lists a minute
    [InlineData(60, 60, 60, 59)]
    [InlineData(60, 2, 2, 30)]
    [InlineData(60, 1, 2, 30)] // lists take at most half
    [InlineData(10, 1, 12, 5)]
    [InlineData(2, 10, 60, 1)]
    [InlineData(60, 3600, 3600, 59)]
    [InlineData(7, 10, 17.142857, 3)]
    public void New_Limit_DividesTheRequests(int perMinute, double asked, double interval, int left)
    {
        var budget = new WatchBudget(perMinute, TimeSpan.FromSeconds(asked));
        Assert.Equal(interval, budget.Interval.TotalSeconds, 5);
        Assert.Equal(left, budget.Left(TimeSpan.Zero));
    }

    [Fact]
    public void Left_SpentRequests_ReturnAfterAMinute()
    {
        var budget = new WatchBudget(60, TimeSpan.FromSeconds(10));
        budget.Spend(TimeSpan.Zero, 50);
        Assert.Equal(4, budget.Left(TimeSpan.FromSeconds(1)));
        budget.Spend(TimeSpan.FromSeconds(30), 9);
        Assert.Equal(0, budget.Left(TimeSpan.FromSeconds(59)));
        Assert.Equal(45, budget.Left(TimeSpan.FromSeconds(60)));
        Assert.Equal(54, budget.Left(TimeSpan.FromSeconds(90)));
    }

    [Theory]
    [InlineData(60, 10, 5)]
    [InlineData(60, 10, 200)]
    [InlineData(60, 1, 40)]
    [InlineData(10, 5, 40)]
    [InlineData(3, 5, 40)]
    [InlineData(100, 7, 500)]
    public void Spend_AnHour_NeverExceedsTheLimitOfAMinute(int perMinute, int asked, int running)
    {
        var budget = new WatchBudget(perMinute, TimeSpan.FromSeconds(asked));
        var sent = new System.Collections.Generic.List<(TimeSpan At, int Count)>();
        int readings = 0;
        for (TimeSpan now = TimeSpan.Zero; now < TimeSpan.FromHours(1); now += budget.Interval)
        {
            int read = Math.Min(running, budget.Left(now));
            budget.Spend(now, read);
            readings += read;
            sent.Add((now, 1 + read));
            int inMinute = 0;
            foreach ((TimeSpan at, int count) in sent)
                inMinute += now - at < TimeSpan.FromMinutes(1) ? count : 0;
            Assert.InRange(inMinute, 1, perMinute);
        }
        Assert.True(readings > 0);
    }
}
