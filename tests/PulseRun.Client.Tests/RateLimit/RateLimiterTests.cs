using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.RateLimit;

public class RateLimiterTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Observer _observer = new();
    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new RateLimiter(_time, () => 1);

    [Fact]
    public void Acquire_WithoutALimit_NeverWaits()
    {
        for (int n = 0; n < 60; n++)
            Assert.True(Enter().IsCompleted);
    }

    [Fact]
    public async Task Request61_IsSentAlone_UntilItIsAccepted()
    {
        for (int n = 0; n < 60; n++)
            _ = Enter();
        var first = Enter();
        var second = Enter();
        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);
        _limiter.Release(await first, PermitOutcome.Accepted, null);
        await second;
        for (int n = 0; n < 200; n++)
            Assert.True(Enter().IsCompleted);
    }

    [Fact]
    public async Task Rejection_PausesAllRequests_ThenOneProbeIsSent()
    {
        var permit = await Enter();
        _limiter.Release(permit, PermitOutcome.Rejected, TimeSpan.FromSeconds(42));
        var waiting = Enumerable.Range(0, 5).Select(_ => Enter()).ToList();
        _time.Advance(TimeSpan.FromSeconds(41.9));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        Assert.Contains("rate limit, 42 s", _observer.Waits);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var probe = await waiting[0];
        Assert.True(probe.IsProbe);
        Assert.All(waiting.Skip(1), w => Assert.False(w.IsCompleted));
        _limiter.Release(probe, PermitOutcome.Accepted, null);
        // The key is now known to be limited: two requests at a time.
        await Task.WhenAll(waiting[1], waiting[2]);
        Assert.All(waiting.Skip(3), w => Assert.False(w.IsCompleted));
        _limiter.Release(await waiting[1], PermitOutcome.Accepted, null);
        await waiting[3];
    }

    [Fact]
    public async Task Probe_ThatFails_IsFollowedByAnother()
    {
        _limiter.Release(await Enter(), PermitOutcome.Rejected, TimeSpan.FromSeconds(1));
        var first = Enter();
        var second = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        _limiter.Release(await first, PermitOutcome.Unknown, null);
        Assert.True((await second).IsProbe);
    }

    [Fact]
    public async Task Probe_ThatHangs_DoesNotBlockOthers()
    {
        _limiter.Release(await Enter(), PermitOutcome.Rejected, TimeSpan.FromSeconds(1));
        var hanging = Enter();
        var next = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        await hanging;
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        _limiter.Release(await next, PermitOutcome.Accepted, null);
        var inTheMeantime = await Enter();
        Assert.False(inTheMeantime.IsProbe);
        // Two requests are under way, and one of them never ends.
        var held = Enter();
        _time.Advance(TimeSpan.FromSeconds(5));
        await held;
    }

    [Fact]
    public async Task Probe_Rejected_ContinuesThePause()
    {
        _limiter.Release(await Enter(), PermitOutcome.Rejected, TimeSpan.FromSeconds(1));
        var first = Enter();
        var second = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        _limiter.Release(await first, PermitOutcome.Rejected, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await second;
    }

    [Fact]
    public async Task Rejections_AtOneTime_CountOnce()
    {
        var turns = new[] { await Enter(), await Enter(), await Enter() };
        foreach (var permit in turns)
            _limiter.Release(permit, PermitOutcome.Rejected, null);
        var next = Enter();
        // After three rejections, the pause would be four seconds.
        _time.Advance(TimeSpan.FromSeconds(1));
        await next;
    }

    [Theory]
    [InlineData(null, new[] { 1.0, 2, 4, 8, 16 })]
    [InlineData(0.0, new[] { 0.5, 1, 2, 4, 8, 16, 20, 20 })]
    [InlineData(0.0001, new[] { 0.5, 1, 2, 4, 8 })]
    [InlineData(0.5, new[] { 0.5, 0.5, 0.5 })]
    [InlineData(3.0, new[] { 3.0, 3, 3, 3, 3 })]
    public async Task Pauses_FollowTheHeader_OrDouble(double? retryAfter, double[] seconds)
    {
        TimeSpan? wait = retryAfter is { } value ? TimeSpan.FromSeconds(value) : null;
        var permit = await Enter();
        foreach (double pause in seconds)
        {
            _limiter.Release(permit, PermitOutcome.Rejected, wait);
            var next = Enter();
            _time.Advance(TimeSpan.FromSeconds(pause - 0.01));
            Assert.False(next.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(0.02));
            permit = await next;
        }
    }

    [Fact]
    public async Task RetryAfter_BeyondMaxWait_FailsAtOnce()
    {
        var waiting = await Enter();
        _limiter.Release(await Enter(), PermitOutcome.Rejected, TimeSpan.FromSeconds(5));
        var queued = Enter();
        var patient = Enter(maxWait: TimeSpan.FromSeconds(5000));
        _limiter.Release(waiting, PermitOutcome.Rejected, TimeSpan.FromSeconds(601));
        var failure = await Assert.ThrowsAsync<RequestFailure>(() => queued);
        Assert.Equal(ErrorIds.RateLimited, failure.Error.ErrorId);
        Assert.Contains("601 s", failure.Error.Message);
        Assert.False(patient.IsCompleted);
        await Assert.ThrowsAsync<RequestFailure>(() => Enter());
    }

    [Fact]
    public async Task MaxWait_IsForTheWholeRequest()
    {
        var request = NewCall(TimeSpan.FromSeconds(25));
        var permit = await _limiter.AcquireAsync(request);
        for (int n = 0; n < 2; n++)
        {
            _limiter.Release(permit, PermitOutcome.Rejected, TimeSpan.FromSeconds(10));
            request.Refusals++;
            var next = _limiter.AcquireAsync(request).AsTask();
            _time.Advance(TimeSpan.FromSeconds(10));
            permit = await next;
        }
        Assert.Equal(TimeSpan.FromSeconds(5), request.WaitLeft);
        _limiter.Release(permit, PermitOutcome.Rejected, TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<RequestFailure>(() => _limiter.AcquireAsync(request).AsTask());
    }

    [Fact]
    public async Task Rejected_IsSentBeforeTheOthers()
    {
        var permit = await Enter();
        _limiter.Release(permit, PermitOutcome.Rejected, TimeSpan.FromSeconds(1));
        var other = Enter();
        var request = NewCall(TimeSpan.FromSeconds(600));
        request.Refusals = 1;
        var refused = _limiter.AcquireAsync(request).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await refused;
        Assert.False(other.IsCompleted);
    }

    [Fact]
    public async Task Cancel_LeavesTheQueue()
    {
        _limiter.Release(await Enter(), PermitOutcome.Rejected, TimeSpan.FromSeconds(10));
        using var stop = new CancellationTokenSource();
        var cancelled = _limiter.AcquireAsync(NewCall(TimeSpan.FromSeconds(600), stop.Token)).AsTask();
        var other = Enter();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromSeconds(10));
        await other;
    }

    [Fact]
    public void Pace_AllowsABurst_AndNeverMoreInAMinute()
    {
        var stepper = new Stepper();
        var limiter = new RateLimiter(stepper.Time, () => 1);
        limiter.SetPace(10);
        var sent = new List<double>();
        long start = stepper.Time.GetTimestamp();

        async Task Work()
        {
            var permit = await limiter.AcquireAsync(NewCall(TimeSpan.FromSeconds(600)));
            sent.Add(stepper.Time.GetElapsedTime(start).TotalSeconds);
            limiter.Release(permit, PermitOutcome.Accepted, null);
        }

        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, 35).Select(_ => Work())), TimeSpan.FromSeconds(0.25));
        Assert.All(sent.Take(10), s => Assert.Equal(0, s));
        for (int n = 10; n < sent.Count; n++)
            Assert.True(sent[n] - sent[n - 10] >= 60);
        Assert.InRange(sent.Last(), 180, 182);
    }

    [Fact]
    public async Task TwoClients_ShareOneLimiter()
    {
        var refusing = new Stub(() => Stub.Refusal("30"), () => Stub.Json(Samples.Instance()));
        var other = new Stub(() => Stub.Json(Samples.Instance()));
        using var first = new Rig(refusing, _time, _limiter);
        using var second = new Rig(other, _time, _limiter);
        var get = first.GetAsync();
        await refusing.ArrivedAsync();
        while (first.Observer.Waits.IsEmpty)
            await Task.Yield();
        var held = second.GetAsync();
        Assert.Equal(0, other.Count);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(get, held);
        Assert.Equal(2, refusing.Count);
        Assert.Equal(1, other.Count);
        Assert.Equal(["rate limit, 30 s", null], first.Observer.Waits);
    }

    [Fact]
    public async Task Request_RejectedManyTimes_StillSucceeds()
    {
        var stub = new Stub((_, index, _) => Task.FromResult(index < 10 ? Stub.Refusal("5") : Stub.Json(Samples.Instance())));
        using var rig = new Rig(stub, _time, _limiter);
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.StopAsync(), TimeSpan.FromSeconds(1))).Id);
        Assert.Equal(11, stub.Count);
    }

    [Fact]
    public async Task TimeLimit_CountsFromSending_NotFromQueueing()
    {
        var stub = new Stub(() => Stub.Refusal("300"), () => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub, _time, _limiter, configure: o => o.Timeout = TimeSpan.FromSeconds(10));
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.GetAsync(), TimeSpan.FromSeconds(1))).Id);
    }

    private Task<Permit> Enter(TimeSpan? maxWait = null) => _limiter.AcquireAsync(NewCall(maxWait ?? TimeSpan.FromSeconds(600))).AsTask();

    private RequestContext NewCall(TimeSpan maxWait, CancellationToken cancel = default) => new(Operations.Get, "inst_1", maxWait, _observer, cancel);
}
