using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests whole cleanups, one a minute, while the client's clock is wrong.</summary>
public class ClockTests : HostileTests
{
    /// <summary>The times at which the server answered with a load, by its own clock.</summary>
    private readonly List<(DateTimeOffset At, double Load)> _served = [];

    /// <summary>Three seeds; PULSERUN_CLOCK_SEEDS is another number.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_CLOCK_SEEDS"), out int seeds) ? seeds : 3)];

    /// <summary>The clock runs 25 hours ahead for three minutes, in which the instance starts to work; then it is right again.</summary>
    [Theory]
    [InlineData(25 * 60)]
    [InlineData(23 * 60)]
    [InlineData(365 * 24 * 60)]
    [InlineData(45)]
    public void A_clock_that_was_ahead_for_three_minutes_stops_nothing_busy(int minutesAhead)
    {
        double load = 0;
        Server.Add("inst_a", one => one.Load(load));
        CleanUpEachMinute(20);
        Server.ClientAhead = TimeSpan.FromMinutes(minutesAhead);
        load = 97;
        CleanUpEachMinute(3);
        Server.ClientAhead = TimeSpan.Zero;
        load = 0;
        // The readings of the work were taken in the future, and are gone. The window starts anew with the clock.
        string[] reasons = [.. Enumerable.Range(0, 29).SelectMany(_ => CleanUpEachMinute(1))];
        Assert.Empty(Server.Acts);
        Assert.All(reasons, reason => Assert.StartsWith("inst_a Skipped Unknown", reason, StringComparison.Ordinal));
        Assert.Equal("inst_a Skipped Unknown ClockWentBack", reasons[0]);
        // Half an hour and a gap later it is a verdict like any other.
        string[] later = [.. Enumerable.Range(0, 8).SelectMany(_ => CleanUpEachMinute(1))];
        Assert.Contains("inst_a Stopped Idle AllBelowThreshold", later);
    }

    /// <summary>The clock is set back onto yesterday's idle half hour, while the instance works today.</summary>
    [Theory]
    [InlineData(24 * 60)]
    [InlineData(24 * 60 - 3)]
    [InlineData(24 * 60 + 3)]
    public void A_clock_that_is_set_back_onto_yesterday_stops_nothing_busy(int minutesBack)
    {
        double load = 0;
        Server.Add("inst_a", one => one.Load(load));
        ReadEachMinute(40);
        Server.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(20));
        load = 97;
        Assert.Equal(["inst_a Skipped Active GpuBusy"], CleanUpEachMinute(18));
        Server.ClientAhead = -TimeSpan.FromMinutes(minutesBack);
        // Between two pieces of work the reading is 0; by yesterday's readings and this one it would be idle.
        load = 0;
        Assert.Equal(["inst_a Skipped Unknown ClockWentBack"], CleanUpEachMinute(1));
        load = 97;
        CleanUpEachMinute(10);
        load = 0;
        CleanUpEachMinute(10);
        Assert.Empty(Server.Acts);
    }

    /// <summary>
    /// The load and the clock change at random. By the server's own account, no instance is stopped that answered with a load in the last half hour, or that has been read for less than that
    /// half hour (a jump forward may replace one permitted gap).
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_jump_of_the_clock_stops_an_instance_that_worked_in_the_last_half_hour(int seed)
    {
        var random = new Random(seed);
        double load = 0;
        DateTimeOffset first = DateTimeOffset.MaxValue;
        Server.Add("inst_a", one =>
        {
            lock (_served)
                _served.Add((one.Now, load));
            return one.Load(load);
        });
        int stops = 0, jumps = 0;
        for (int minute = 0; minute < 400; minute++)
        {
            if (random.Next(25) == 0)
            {
                Server.ClientAhead = random.Next(3) switch
                {
                    0 => TimeSpan.Zero,
                    1 => TimeSpan.FromMinutes(random.Next(10, 3000)),
                    _ => -TimeSpan.FromMinutes(random.Next(10, 3000)),
                };
                jumps++;
            }
            // Long enough at rest for a verdict now and then.
            if (random.Next(load > 0 ? 4 : 60) == 0)
                load = load > 0 ? 0 : 60;
            Server.Advance(TimeSpan.FromMinutes(1));
            int before = Server.Acts.Length;
            CleanUp();
            lock (_served)
            {
                if (first == DateTimeOffset.MaxValue && _served.Count > 0)
                    first = _served[0].At;
                if (Server.Acts.Length == before)
                    continue;
                stops++;
                DateTimeOffset window = Server.Now.AddMinutes(-30);
                Assert.True(first <= window.AddMinutes(5), "stopped before half an hour of readings, seed " + seed + ", minute " + minute);
                var worked = _served.Where(one => one.At > window && one.Load >= 5).ToList();
                Assert.True(worked.Count == 0, "seed " + seed + ", minute " + minute + ": stopped, and busy at " + string.Join(", ", worked.Select(one => one.At.ToString("HH:mm", null))) + ", now " + Server.Now.ToString("HH:mm", null));
                // It goes on as if nothing had been done, so each of the next minutes is another chance for a wrong stop.
                Server.Of("inst_a").Status = "running";
            }
        }
        Assert.True(jumps > 5 && stops > 0, $"{jumps} jumps and {stops} stops: this proves nothing.");
    }
}
