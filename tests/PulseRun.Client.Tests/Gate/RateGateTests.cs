using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Gate;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Gate;

public class RateGateTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Observer _observer = new();
    private readonly RateGate _gate;

    public RateGateTests() => _gate = new RateGate(_time, () => 1);

    [Fact]
    public void Enter_WithoutALimit_NeverWaits()
    {
        for (int n = 0; n < 60; n++)
            Assert.True(Enter().IsCompleted);
    }

    [Fact]
    public async Task Request61_GoesAlone_UntilItIsAccepted()
    {
        for (int n = 0; n < 60; n++)
            _ = Enter();
        var first = Enter();
        var second = Enter();
        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);
        _gate.Leave(await first, TurnEnd.Accepted, null);
        await second;
        for (int n = 0; n < 200; n++)
            Assert.True(Enter().IsCompleted);
    }

    [Fact]
    public async Task Refusal_HoldsEverybody_ThenOneProbeGoesFirst()
    {
        var turn = await Enter();
        _gate.Leave(turn, TurnEnd.Refused, TimeSpan.FromSeconds(42));
        var waiting = Enumerable.Range(0, 5).Select(_ => Enter()).ToList();
        _time.Advance(TimeSpan.FromSeconds(41.9));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        Assert.Contains("rate limit, 42 s", _observer.Waits);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var probe = await waiting[0];
        Assert.True(probe.IsProbe);
        Assert.All(waiting.Skip(1), w => Assert.False(w.IsCompleted));
        _gate.Leave(probe, TurnEnd.Accepted, null);
        // From now on this key is known to be limited: two at a time.
        await Task.WhenAll(waiting[1], waiting[2]);
        Assert.All(waiting.Skip(3), w => Assert.False(w.IsCompleted));
        _gate.Leave(await waiting[1], TurnEnd.Accepted, null);
        await waiting[3];
    }

    [Fact]
    public async Task Probe_ThatFails_IsFollowedByAnother()
    {
        _gate.Leave(await Enter(), TurnEnd.Refused, TimeSpan.FromSeconds(1));
        var first = Enter();
        var second = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        _gate.Leave(await first, TurnEnd.Unknown, null);
        Assert.True((await second).IsProbe);
    }

    [Fact]
    public async Task Probe_ThatHangs_DoesNotHoldEverybody()
    {
        _gate.Leave(await Enter(), TurnEnd.Refused, TimeSpan.FromSeconds(1));
        var hanging = Enter();
        var next = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        await hanging;
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        _gate.Leave(await next, TurnEnd.Accepted, null);
        var inTheMeantime = await Enter();
        Assert.False(inTheMeantime.IsProbe);
        // Two are under way, one of them for good.
        var held = Enter();
        _time.Advance(TimeSpan.FromSeconds(5));
        await held;
    }

    [Fact]
    public async Task Probe_ThatIsRefused_HoldsOn()
    {
        _gate.Leave(await Enter(), TurnEnd.Refused, TimeSpan.FromSeconds(1));
        var first = Enter();
        var second = Enter();
        _time.Advance(TimeSpan.FromSeconds(1));
        _gate.Leave(await first, TurnEnd.Refused, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await second;
    }

    [Fact]
    public async Task Refusals_OfOneMoment_CountOnce()
    {
        var turns = new[] { await Enter(), await Enter(), await Enter() };
        foreach (var turn in turns)
            _gate.Leave(turn, TurnEnd.Refused, null);
        var next = Enter();
        // Three strikes would be four seconds.
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
        var turn = await Enter();
        foreach (double pause in seconds)
        {
            _gate.Leave(turn, TurnEnd.Refused, wait);
            var next = Enter();
            _time.Advance(TimeSpan.FromSeconds(pause - 0.01));
            Assert.False(next.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(0.02));
            turn = await next;
        }
    }

    [Fact]
    public async Task RetryAfter_BeyondThePatience_FailsAtOnce()
    {
        var waiting = await Enter();
        _gate.Leave(await Enter(), TurnEnd.Refused, TimeSpan.FromSeconds(5));
        var queued = Enter();
        var patient = Enter(maxWait: TimeSpan.FromSeconds(5000));
        _gate.Leave(waiting, TurnEnd.Refused, TimeSpan.FromSeconds(601));
        var failure = await Assert.ThrowsAsync<CallFailure>(() => queued);
        Assert.Equal(ErrorIds.RateLimited, failure.Error.ErrorId);
        Assert.Contains("601 s", failure.Error.Message);
        Assert.False(patient.IsCompleted);
        await Assert.ThrowsAsync<CallFailure>(() => Enter());
    }

    [Fact]
    public async Task Patience_IsForTheWholeRequest()
    {
        var call = NewCall(TimeSpan.FromSeconds(25));
        var turn = await _gate.EnterAsync(call);
        for (int n = 0; n < 2; n++)
        {
            _gate.Leave(turn, TurnEnd.Refused, TimeSpan.FromSeconds(10));
            call.Refusals++;
            var next = _gate.EnterAsync(call).AsTask();
            _time.Advance(TimeSpan.FromSeconds(10));
            turn = await next;
        }
        Assert.Equal(TimeSpan.FromSeconds(5), call.WaitLeft);
        _gate.Leave(turn, TurnEnd.Refused, TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<CallFailure>(() => _gate.EnterAsync(call).AsTask());
    }

    [Fact]
    public async Task Refused_GoesBeforeTheOthers()
    {
        var turn = await Enter();
        _gate.Leave(turn, TurnEnd.Refused, TimeSpan.FromSeconds(1));
        var other = Enter();
        var call = NewCall(TimeSpan.FromSeconds(600));
        call.Refusals = 1;
        var refused = _gate.EnterAsync(call).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await refused;
        Assert.False(other.IsCompleted);
    }

    [Fact]
    public async Task Cancel_LeavesTheQueue()
    {
        _gate.Leave(await Enter(), TurnEnd.Refused, TimeSpan.FromSeconds(10));
        using var stop = new CancellationTokenSource();
        var cancelled = _gate.EnterAsync(NewCall(TimeSpan.FromSeconds(600), stop.Token)).AsTask();
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
        var gate = new RateGate(stepper.Time, () => 1) { Pace = 10 };
        var sent = new List<double>();
        long start = stepper.Time.GetTimestamp();

        async Task Work()
        {
            var turn = await gate.EnterAsync(NewCall(TimeSpan.FromSeconds(600)));
            sent.Add(stepper.Time.GetElapsedTime(start).TotalSeconds);
            gate.Leave(turn, TurnEnd.Accepted, null);
        }

        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, 35).Select(_ => Work())), TimeSpan.FromSeconds(0.25));
        Assert.All(sent.Take(10), s => Assert.Equal(0, s));
        for (int n = 10; n < sent.Count; n++)
            Assert.True(sent[n] - sent[n - 10] >= 60);
        Assert.InRange(sent.Last(), 180, 182);
    }

    [Fact]
    public async Task TwoClients_ShareIt()
    {
        var refusing = new Stub(() => Stub.Refusal("30"), () => Stub.Json(Samples.Instance()));
        var other = new Stub(() => Stub.Json(Samples.Instance()));
        using var first = new Rig(refusing, _time, _gate);
        using var second = new Rig(other, _time, _gate);
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
    public async Task Request_ThatMetsManyRefusals_IsNotFailedForIt()
    {
        var stub = new Stub((_, index, _) => Task.FromResult(index < 10 ? Stub.Refusal("5") : Stub.Json(Samples.Instance())));
        using var rig = new Rig(stub, _time, _gate);
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.StopAsync(), TimeSpan.FromSeconds(1))).Id);
        Assert.Equal(11, stub.Count);
    }

    [Fact]
    public async Task TimeLimit_CountsFromSending_NotFromQueueing()
    {
        var stub = new Stub(() => Stub.Refusal("300"), () => Stub.Json(Samples.Instance()));
        using var rig = new Rig(stub, _time, _gate, configure: o => o.Timeout = TimeSpan.FromSeconds(10));
        Assert.Equal("inst_1", (await rig.RunClockAsync(rig.GetAsync(), TimeSpan.FromSeconds(1))).Id);
    }

    private Task<Turn> Enter(TimeSpan? maxWait = null) => _gate.EnterAsync(NewCall(maxWait ?? TimeSpan.FromSeconds(600))).AsTask();

    private Call NewCall(TimeSpan maxWait, CancellationToken cancel = default) => new(Operations.Get, "inst_1", maxWait, _observer, cancel);
}
