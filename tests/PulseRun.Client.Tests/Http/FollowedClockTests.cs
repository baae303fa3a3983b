using System;
using System.Security;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;
using Xunit;

namespace PulseRun.Client.Tests.Http;

/// <summary>Tests the clock of a connection to a server on this machine whose Date header shows another time: a simulation.</summary>
public class FollowedClockTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(true, -200 * 24 * 60, true)]
    [InlineData(true, 6, true)]
    [InlineData(true, 4, false)]
    [InlineData(true, -4, false)]
    [InlineData(false, 600, false)]
    public void Only_a_large_difference_moves_the_clock_and_only_when_it_may(bool follows, int minutes, bool isMoved)
    {
        (Context context, ServerClock clock) = Make(follows);
        clock.Observe(_time.GetUtcNow().AddMinutes(minutes));
        Assert.InRange((context.UtcNow - _time.GetUtcNow()).TotalMinutes, (isMoved ? minutes : 0) - 0.02, (isMoved ? minutes : 0) + 0.02);
        // The difference of the server's clock from the machine's is still known.
        Assert.InRange((clock.Skew + context.Correction)!.Value.TotalMinutes, minutes - 0.02, minutes + 0.02);
    }

    [Fact]
    public void The_clock_follows_each_jump_and_does_not_tremble_with_the_whole_seconds_of_the_header()
    {
        (Context context, ServerClock clock) = Make(true);
        clock.Observe(_time.GetUtcNow().AddHours(2));
        DateTimeOffset before = context.UtcNow;
        for (int i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(130));
            clock.Observe(new DateTimeOffset(_time.GetUtcNow().AddHours(2).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero));
            Assert.True(context.UtcNow > before);
            Assert.Equal(TimeSpan.FromMilliseconds(130), context.UtcNow - before);
            before = context.UtcNow;
        }
        _time.Advance(TimeSpan.FromSeconds(40));
        clock.Observe(_time.GetUtcNow().AddHours(3));
        Assert.InRange((context.UtcNow - _time.GetUtcNow()).TotalHours, 2.99, 3.01);
    }

    private (Context, ServerClock) Make(bool follows)
    {
        var settings = new ContextSettings { BaseUri = new Uri("http://127.0.0.1:9"), Key = new SecureString(), Source = "Parameter" };
        var context = new Context(settings, "account", _time.GetUtcNow) { FollowsServer = follows };
        return (context, new ServerClock(() => context.UtcNow, _time, 1, context.Follow));
    }
}
