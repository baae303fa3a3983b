using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests that an instance is removed only when the recorded looks prove that it was stopped all the time.</summary>
public class RemovalTests : HostileTests
{
    private const string AfterTwoHours = "-RemoveStoppedAfter 02:00:00 -Force";

    public RemovalTests() => Server.Add("inst_a", one => one.Load(0)).Stop();

    [Fact]
    public void Looks_without_a_long_gap_prove_it()
    {
        Look(12, 10);
        Assert.Equal(["inst_a Skipped StoppedRecently "], CleanUp(AfterTwoHours));
        Look(1, 10);
        Assert.Equal(["inst_a Removed StoppedLong "], CleanUp(AfterTwoHours));
        Assert.Equal(["DELETE /v1/instances/inst_a"], Server.Acts);
    }

    [Theory]
    [InlineData("7.00:00:00", 7 * 24 * 60)]
    [InlineData("02:00:00", 121)]
    [InlineData("02:00:00", 21)]
    [InlineData("30.00:00:00", 25 * 60)]
    public void Two_looks_too_far_apart_prove_nothing(string after, int minutesApart)
    {
        Look(1, 1);
        // In between it may have run, and be stopped again.
        TimeSpan longEnough = TimeSpan.Parse(after, null);
        for (TimeSpan seen = TimeSpan.Zero; seen < longEnough + TimeSpan.FromMinutes(2 * minutesApart); seen += TimeSpan.FromMinutes(minutesApart))
        {
            Server.Advance(TimeSpan.FromMinutes(minutesApart));
            Assert.Equal(["inst_a Skipped StoppedRecently "], CleanUp("-Force -RemoveStoppedAfter " + after));
        }
        Assert.Empty(Server.Acts);
    }

    [Fact]
    public void One_long_gap_starts_the_time_anew()
    {
        Look(9, 15);
        Look(1, 21);
        Look(7, 15);
        Assert.Equal(["inst_a Skipped StoppedRecently "], CleanUp(AfterTwoHours));
        Look(2, 15);
        Assert.Equal(["inst_a Removed StoppedLong "], CleanUp(AfterTwoHours));
    }

    /// <summary>The clock is eight days ahead, for one look or from then on: the time that it adds was not seen by anyone.</summary>
    [Theory]
    [InlineData(8 * 24 * 60)]
    [InlineData(6)]
    [InlineData(-6)]
    [InlineData(-8 * 24 * 60)]
    public void A_clock_that_differs_from_the_servers_by_more_than_five_minutes_removes_nothing(int minutes)
    {
        Look(12, 10);
        Server.ClientAhead = TimeSpan.FromMinutes(minutes);
        for (int i = 0; i < 15; i++)
        {
            Look(1, 10);
            Assert.DoesNotContain("Removed", CleanUp(AfterTwoHours)[0], StringComparison.Ordinal);
        }
        Assert.Empty(Server.Acts);
        // With a clock that is right again, and looks that prove it, it is removed.
        Server.ClientAhead = TimeSpan.Zero;
        Look(13, 10);
        Assert.Equal(["inst_a Removed StoppedLong "], CleanUp(AfterTwoHours));
    }

    [Fact]
    public void A_clock_within_five_minutes_of_the_servers_is_right_enough()
    {
        Server.ClientAhead = TimeSpan.FromMinutes(4.5);
        Look(13, 10);
        Assert.Equal(["inst_a Removed StoppedLong "], CleanUp(AfterTwoHours));
    }

    /// <summary>It ran between two looks, and its start time is the only trace.</summary>
    [Theory]
    [InlineData("later")]
    [InlineData("null")]
    [InlineData("null before")]
    public void Another_start_time_starts_the_time_anew(string how)
    {
        HostileInstance one = Server.Of("inst_a");
        if (how == "null before")
            one.StartedAt = null;
        Look(10, 10);
        one.StartedAt = how == "null" ? null : Server.Now.AddMinutes(-3);
        Look(12, 10);
        Assert.Equal(["inst_a Skipped StoppedRecently "], CleanUp(AfterTwoHours));
        Look(1, 10);
        Assert.Equal(["inst_a Removed StoppedLong "], CleanUp(AfterTwoHours));
    }

    /// <summary>The look right before the removal differs from the list in its start time alone.</summary>
    [Fact]
    public void Another_start_time_at_the_second_look_prevents_the_removal()
    {
        Look(13, 10);
        Server.Intercept = request =>
        {
            if (request == "GET /v1/instances/inst_a")
                Server.Of("inst_a").StartedAt = null;
            return null;
        };
        Assert.Equal(["inst_a Skipped NoLongerStopped "], CleanUp(AfterTwoHours));
        Assert.Empty(Server.Acts);
    }

    /// <summary>Lists in which it ran, or was not there, start the time anew, too.</summary>
    [Theory]
    [InlineData("running")]
    [InlineData("starting")]
    [InlineData("hibernating")]
    public void Another_state_in_between_starts_the_time_anew(string status)
    {
        Look(10, 10);
        Server.Of("inst_a").Status = status;
        Look(1, 1);
        Server.Of("inst_a").Status = "stopped";
        Look(12, 10);
        Assert.Equal(["inst_a Skipped StoppedRecently "], CleanUp(AfterTwoHours));
    }

    private void Look(int times, int minutesApart)
    {
        for (int i = 0; i < times; i++)
        {
            Server.Advance(TimeSpan.FromMinutes(minutesApart));
            Shell.Run("Get-PRIdleInstance -NoSample").Succeeded();
        }
    }
}
