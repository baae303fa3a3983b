using System;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Client.Tests.Http;

/// <summary>Tests what the Date headers of a server bound its time to: an instance counts as that of a launch only when it was created while the launch was under way.</summary>
public class ServerClockTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(s_start);
    private readonly ServerClock _clock;

    public ServerClockTests() => _clock = new ServerClock(() => _time.GetUtcNow(), _time, 1);

    [Fact]
    public void Without_a_Date_nothing_is_known() => Assert.Null(_clock.RangeAt(_clock.Steady, _clock.Steady));

    /// <summary>The server's clock is 100 s ahead, and its answers take up to a second: whatever they show, the true time is in the range, and many answers narrow it.</summary>
    [Theory]
    [InlineData(1, 1, 2.1)]
    [InlineData(2, 20, 1.1)]
    [InlineData(3, 20, 1.1)]
    public void The_true_time_is_in_the_range(int seed, int answers, double width)
    {
        var random = new Random(seed);
        var sent = _clock.Steady;
        for (int i = 0; i < answers; i++)
            Answer(random.NextDouble(), random.NextDouble());
        var moment = _clock.Steady;
        var range = _clock.RangeAt(moment, sent)!.Value;
        var truth = _time.GetUtcNow().AddSeconds(100);
        Assert.InRange(truth, range.Earliest, range.Latest);
        Assert.InRange((range.Latest - range.Earliest).TotalSeconds, 0, width);
        Assert.InRange((range.Best - truth).Duration().TotalSeconds, 0, 2);
    }

    [Fact]
    public void Answers_of_servers_whose_clocks_differ_a_little_widen_the_range()
    {
        var sent = _clock.Steady;
        _clock.Observe(s_start, sent);
        _clock.Observe(s_start.AddSeconds(2), sent);
        var range = _clock.RangeAt(sent, sent)!.Value;
        Assert.Equal((s_start.AddSeconds(1), s_start.AddSeconds(2)), (range.Earliest, range.Latest));
    }

    [Fact]
    public void An_answer_of_long_before_bounds_nothing()
    {
        Answer(0, 0);
        _time.Advance(TimeSpan.FromMinutes(2));
        var sent = _clock.Steady;
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Answer(0, 0);
        // The second Date alone: 100 to 101 s ahead, where the first would have excluded all but 100.
        var range = _clock.RangeAt(_clock.Steady, sent)!.Value;
        Assert.Equal(1, (range.Latest - range.Earliest).TotalSeconds);
    }

    [Fact]
    public void Answers_that_disagree_leave_it_unknown()
    {
        var sent = _clock.Steady;
        _clock.Observe(s_start, sent);
        _clock.Observe(s_start.AddSeconds(10), sent);
        Assert.Null(_clock.RangeAt(sent, sent));
        Assert.Null(_clock.RangeAt(new SteadyTime("another boot", TimeSpan.Zero), sent));
    }

    private void Answer(double toServer, double toClient)
    {
        var sent = _clock.Steady;
        _time.Advance(TimeSpan.FromSeconds(toServer));
        var date = _time.GetUtcNow().AddSeconds(100);
        _time.Advance(TimeSpan.FromSeconds(toClient));
        _clock.Observe(date.AddTicks(-(date.Ticks % TimeSpan.TicksPerSecond)), sent);
    }
}
