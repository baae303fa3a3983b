using System;
using System.Linq;
using PulseRun.Client.RateLimit;
using Xunit;

namespace PulseRun.Client.Tests.RateLimit;

public class LimitModelTests
{
    private readonly LimitModel _limit = new(() => 1);
    private TimeSpan _now;

    [Fact]
    public void Nothing_is_known_at_first_so_nothing_waits()
    {
        for (int n = 0; n < 60; n++)
        {
            Assert.True(IsFree);
            Assert.False(Grant().IsProbe);
        }
    }

    [Fact]
    public void The_first_request_beyond_the_default_limit_is_a_probe_and_its_acceptance_ends_all_doubt()
    {
        for (int n = 0; n < 60; n++)
            Grant();
        var probe = Grant();
        Assert.True(probe.IsProbe);
        Assert.False(IsFree);
        Assert.True(_limit.IsForAnAnswer(_now));
        _limit.Learn(probe, PermitOutcome.Accepted, _now, null);
        Assert.True(IsFree);
        Assert.False(Grant().IsProbe);
    }

    [Fact]
    public void With_a_pace_there_is_no_probe()
    {
        for (int n = 0; n < 100; n++)
            Assert.False(_limit.Grant(_now, isPaced: true).IsProbe);
    }

    [Fact]
    public void A_probe_that_hangs_blocks_the_others_for_two_seconds_at_most()
    {
        for (int n = 0; n < 61; n++)
            Grant();
        Advance(1.9);
        Assert.False(IsFree);
        Advance(0.2);
        Assert.True(IsFree);
    }

    [Fact]
    public void A_rejection_pauses_as_long_as_the_server_says_and_then_one_request_goes_first()
    {
        var rejected = Grant();
        var other = Grant();
        _limit.Learn(rejected, PermitOutcome.Rejected, _now, TimeSpan.FromSeconds(42));
        Assert.Equal(TimeSpan.FromSeconds(42), _limit.PausedUntil);
        // Of the same pause, so it is no news, whatever it says.
        _limit.Learn(other, PermitOutcome.Accepted, _now, null);
        Assert.False(IsFree);
        Advance(42);
        Assert.True(IsFree);
        Assert.True(Grant().IsProbe);
        Assert.False(IsFree);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void A_second_rejection_of_one_pause_can_extend_it_and_never_shortens_it(int second)
    {
        var permits = Enumerable.Range(0, 2).Select(_ => Grant()).ToList();
        _limit.Learn(permits[0], PermitOutcome.Rejected, _now, TimeSpan.FromSeconds(10));
        _limit.Learn(permits[1], PermitOutcome.Rejected, _now, TimeSpan.FromSeconds(second));
        Assert.Equal(TimeSpan.FromSeconds(Math.Max(10, second)), _limit.PausedUntil);
    }

    [Fact]
    public void After_a_limit_is_known_two_requests_are_under_way_at_most_and_twice_as_many_after_each_calm_minute()
    {
        // The limit is known to be near 50, so fewer requests than that are not near it.
        for (int n = 0; n < 50; n++)
            Accept(Grant());
        Reject(1);
        Advance(1);
        Assert.Equal(2, Width());
        Advance(60);
        Accept(Grant());
        Assert.Equal(4, Width());
        Advance(60);
        Accept(Grant());
        Assert.Equal(8, Width());
    }

    [Fact]
    public void A_request_without_an_answer_teaches_nothing()
    {
        Reject(1);
        Advance(1);
        var probe = Grant();
        Assert.False(IsFree);
        _limit.Learn(probe, PermitOutcome.Unknown, _now, null);
        Assert.True(IsFree);
        Assert.True(Grant().IsProbe);
    }

    [Fact]
    public void A_bucket_that_grants_one_request_at_a_time_is_learnt_as_a_spacing_of_its_rate()
    {
        // A token every two seconds: each accepted request is followed by a rejection.
        for (int round = 0; round < 6; round++)
        {
            Accept(Grant());
            Reject(2);
            Advance(2);
        }
        Assert.InRange(_limit.Spacing.TotalSeconds, 1.5, 2.1);
    }

    [Fact]
    public void A_fixed_window_is_not_taken_for_a_bucket()
    {
        for (int round = 0; round < 6; round++)
        {
            Accept(Grant());
            Reject(40);
            Advance(40);
        }
        Assert.Equal(TimeSpan.Zero, _limit.Spacing);
    }

    [Fact]
    public void An_absurd_wait_is_kept_for_an_hour()
    {
        Reject(TimeSpan.FromDays(400).TotalSeconds);
        Assert.Equal(TimeSpan.FromHours(1), _limit.PausedUntil);
    }

    [Fact]
    public void Rejections_that_ask_for_no_wait_are_answered_by_longer_and_longer_pauses()
    {
        var last = TimeSpan.Zero;
        for (int n = 0; n < 5; n++)
        {
            Reject(0);
            var pause = _limit.PausedUntil - _now;
            Assert.True(pause > last, pause + " after " + last);
            last = pause;
            Advance(pause.TotalSeconds);
        }
        Assert.InRange(last.TotalSeconds, 0.5, 20);
    }

    private bool IsFree => _limit.Next() <= _now;

    private void Advance(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _limit.MoveTo(_now);
    }

    private Permit Grant() => _limit.Grant(_now, isPaced: false);

    private void Accept(Permit permit) => _limit.Learn(permit, PermitOutcome.Accepted, _now, null);

    private void Reject(double seconds) => _limit.Learn(Grant(), PermitOutcome.Rejected, _now, TimeSpan.FromSeconds(seconds));

    /// <summary>Returns how many requests may be under way at once, after the probe was accepted.</summary>
    private int Width()
    {
        var permits = new System.Collections.Generic.List<Permit>();
        var first = Grant();
        if (first.IsProbe)
            Accept(first);
        else
            permits.Add(first);
        while (IsFree && permits.Count < 100)
            permits.Add(Grant());
        foreach (var permit in permits)
            _limit.Learn(permit, PermitOutcome.Unknown, _now, null);
        return permits.Count;
    }
}
