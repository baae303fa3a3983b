using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Client;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

/// <summary>Tests that an act within a window is sent at most once, and not after the window has passed.</summary>
public class ActWindowTests
{
    private static readonly string s_running = Samples.Instance(status: "running");

    [Fact]
    public async Task Stop_WithinTheWindow_IsSent()
    {
        var stub = new Stub(() => Stub.Json(s_running), () => Stub.Json(Samples.Instance(status: "stopped")));
        using var rig = new Rig(stub);
        var window = new ActWindow(ActWindow.ForCleanup);
        Instance known = await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        rig.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal("stopped", (await rig.Client.StopAsync("inst_1", known, window, rig.Observer, Rig.None)).Status);
    }

    [Fact]
    public async Task Act_AfterTheWindow_IsNotSent()
    {
        var stub = new Stub(() => Stub.Json(s_running));
        using var rig = new Rig(stub);
        var window = new ActWindow(ActWindow.ForCleanup);
        Instance known = await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await AssertNothingDone(() => rig.Client.StopAsync("inst_1", known, window, rig.Observer, Rig.None));
        await AssertNothingDone(() => rig.Client.RemoveAsync("inst_1", known, window, rig.Observer, Rig.None));
        Assert.Equal(["GET /v1/instances/inst_1"], stub.Requests.Select(one => one.ToString()));
        Assert.Empty(rig.Observer.SentIds);
    }

    /// <summary>While the machine sleeps, its monotonic clock stops and its wall clock goes on. A wall clock that is set back does not make a look younger.</summary>
    [Theory]
    [InlineData(0, 60, false)]
    [InlineData(4, 0, true)]
    [InlineData(6, -3600, false)]
    public async Task AWindow_IsAsOldAsTheClockThatWentFurtherSays(int steady, int wallBeyond, bool maySend)
    {
        var time = new SleepingTime();
        using var rig = new Rig(new Stub(() => Stub.Json(s_running)), time, new RateLimiter(time, () => 1));
        var window = new ActWindow(ActWindow.ForCleanup);
        await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        time.Steady += TimeSpan.FromSeconds(steady);
        time.Wall += TimeSpan.FromSeconds(steady + wallBeyond);
        Assert.Equal(maySend, window.MaySend());
    }

    /// <summary>The store is asked right before the request: the machine may have slept after everything else was checked.</summary>
    [Fact]
    public async Task Act_ThatIsNoLongerGranted_IsNotSent()
    {
        var stub = new Stub(() => Stub.Json(s_running));
        using var rig = new Rig(stub);
        var window = new ActWindow(ActWindow.ForCleanup);
        Instance known = await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        int asked = 0;
        window.IsStillGranted = () => ++asked < 0;
        Assert.False(window.MaySend());
        foreach (Func<Task> act in new Func<Task>[]
        {
            () => rig.Client.StopAsync("inst_1", known, window, rig.Observer, Rig.None),
            () => rig.Client.StartAsync("inst_1", known, window, rig.Observer, Rig.None),
            () => rig.Client.RemoveAsync("inst_1", known, window, rig.Observer, Rig.None),
        })
            Assert.Equal(ErrorIds.RateLimited, (await Assert.ThrowsAsync<PulseRunException>(act)).ErrorId);
        Assert.Equal(4, asked);
        // An answer that takes longer than the window is too late.
        window.IsStillGranted = () =>
        {
            rig.Time.Advance(TimeSpan.FromSeconds(6));
            return true;
        };
        Assert.False(window.MaySend());
    }

    /// <summary>A machine whose clocks move apart.</summary>
    private sealed class SleepingTime : Microsoft.Extensions.Time.Testing.FakeTimeProvider
    {
        public TimeSpan Steady { get; set; }

        public TimeSpan Wall { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Steady.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Wall;
    }

    [Fact]
    public async Task Act_WithoutALook_IsNotSent()
    {
        var stub = new Stub(() => Stub.Json(s_running));
        using var rig = new Rig(stub);
        await AssertNothingDone(() => rig.Client.RemoveAsync("inst_1", null, new ActWindow(ActWindow.ForCleanup), rig.Observer, Rig.None));
        Assert.Empty(stub.Requests);
    }

    /// <summary>The window starts with the request of the look and not with its answer, because the state may be as old as the request.</summary>
    [Fact]
    public async Task Act_AfterALookWhoseAnswerTookLong_IsNotSent()
    {
        Rig? rig = null;
        var stub = new Stub((request, _, _) =>
        {
            if (request.Method == HttpMethod.Get)
                rig!.Time.Advance(TimeSpan.FromSeconds(6));
            return Task.FromResult(Stub.Json("{\"gpu_utilization\":0}"));
        });
        using (rig = new Rig(stub))
        {
            var window = new ActWindow(ActWindow.ForCleanup);
            await rig.Client.GetMetricsAsync("inst_1", window, rig.Observer, Rig.None);
            await AssertNothingDone(() => rig.Client.StopAsync("inst_1", null, window, rig.Observer, Rig.None));
            Assert.Single(stub.Requests);
        }
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("unavailable")]
    [InlineData("cut")]
    public async Task Remove_ThatFailed_IsNotSentAgain(string how)
    {
        var stub = new Stub((request, _, _) => request.Method == HttpMethod.Delete
            ? how switch
            {
                "refused" => Task.FromResult(Stub.Refusal("1")),
                "unavailable" => Task.FromResult(Stub.Answer(503)),
                _ => throw new HttpRequestException("cut", new System.IO.IOException("cut")),
            }
            : Task.FromResult(Stub.Json(s_running)));
        using var rig = new Rig(stub);
        var window = new ActWindow(ActWindow.ForCleanup);
        Instance known = await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        var removal = rig.Client.RemoveAsync("inst_1", known, window, rig.Observer, Rig.None);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(removal, TimeSpan.FromSeconds(1)));
        Assert.Equal(how == "refused" ? ErrorIds.RateLimited : how == "cut" ? ErrorIds.ConnectionFailed : ErrorIds.ServerError, error.ErrorId);
        Assert.Single(stub.Requests, one => one.Method == "DELETE");
    }

    [Fact]
    public async Task Remove_WithATruncatedAnswer_AndEffect_IsASuccess()
    {
        int deletes = 0;
        var stub = new Stub((request, _, _) =>
        {
            if (request.Method == HttpMethod.Delete)
            {
                deletes++;
                throw new HttpRequestException("cut", new System.IO.IOException("cut"));
            }
            return Task.FromResult(deletes == 0 ? Stub.Json(s_running) : Stub.Answer(404));
        });
        using var rig = new Rig(stub);
        var window = new ActWindow(ActWindow.ForCleanup);
        Instance known = await rig.Client.GetAsync("inst_1", window, rig.Observer, Rig.None);
        Assert.Equal("terminated", (await rig.Client.RemoveAsync("inst_1", known, window, rig.Observer, Rig.None)).Status);
        Assert.Equal(1, deletes);
    }

    /// <summary>Ten acts wait for a full minute: each is sent within five seconds of its look, or not at all.</summary>
    [Fact]
    public void Acts_WaitingForTheRateLimit_AreNeverSentLate()
    {
        var stepper = new Stepper();
        var limit = new SimulatedMinute(stepper.Time, 19);
        var looked = new System.Collections.Concurrent.ConcurrentDictionary<string, TimeSpan>();
        var late = new System.Collections.Concurrent.ConcurrentQueue<string>();
        int acts = 0;
        long origin = stepper.Time.GetTimestamp();
        var stub = new Stub((request, _, _) =>
        {
            if (!limit.TryTake())
                return Task.FromResult(Stub.Refusal("17"));
            string id = request.RequestUri!.AbsolutePath.Split('/')[3];
            TimeSpan now = stepper.Time.GetElapsedTime(origin);
            if (request.Method == HttpMethod.Get)
                looked[id] = now;
            else if (Interlocked.Increment(ref acts) > 0 && now - looked[id] > ActWindow.ForCleanup)
                late.Enqueue(id);
            return Task.FromResult(Stub.Json(Samples.Instance(id, request.Method == HttpMethod.Get ? "running" : "stopped")));
        });
        using var rig = new Rig(stub, stepper.Time, new RateLimiter(stepper.Time, () => 1));
        int refused = 0;
        // Limit the looks under way as the cleanup does; more of them would use up the rate limit before the acts are sent.
        using var pairs = new SemaphoreSlim(4);
        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
        {
            string id = "inst_" + index;
            await pairs.WaitAsync();
            for (int round = 0; ; round++)
            {
                var window = new ActWindow(ActWindow.ForCleanup);
                Instance known = await rig.Client.GetAsync(id, window, rig.Observer, Rig.None);
                try
                {
                    await rig.Client.StopAsync(id, known, window, rig.Observer, Rig.None);
                    pairs.Release();
                    return;
                }
                catch (PulseRunException error) when (error.ErrorId == ErrorIds.RateLimited && round < 100)
                {
                    refused++;
                }
            }
        })), TimeSpan.FromSeconds(1));
        Assert.Empty(late);
        Assert.Equal(40, acts);
        Assert.True(refused > 0, "The limit was never met: this proves nothing.");
    }

#if NET
    /// <summary>The server takes the connection and then its time for the TLS handshake. The act is not sent when the window has passed by then; the limiter admitted it long before.</summary>
    [Theory]
    [InlineData(6, false, false)]
    [InlineData(6, false, true)]
    [InlineData(4, true, false)]
    public async Task Act_WhoseConnectionTookLong_IsSentOnlyWithinTheWindow(int seconds, bool isSent, bool isDebug)
    {
        // With -Debug the body of the request is shown, which must not take its check away.
        var observer = new Observer { WantsDebug = isDebug };
        using var server = new SlowTlsServer(Samples.Instance(status: "stopped"));
        var handler = (SocketsHttpHandler)Transport.Create(usesProxy: false);
#pragma warning disable CA5359 // The certificate of the test is its own.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        using var rig = new Rig(handler, address: server.Address);
        foreach (bool isStop in new[] { true, false })
        {
            server.Release();
            var window = new ActWindow(ActWindow.ForCleanup);
            Instance known = await rig.Client.GetAsync("inst_1", window, observer, Rig.None);
            int before = server.Requests.Count;
            server.Hold();
            Task<Instance> act = isStop ? rig.Client.StopAsync("inst_1", known, window, observer, Rig.None) : rig.Client.RemoveAsync("inst_1", known, window, observer, Rig.None);
            await server.ConnectedAsync();
            rig.Time.Advance(TimeSpan.FromSeconds(seconds));
            server.Release();
            if (isSent)
            {
                await act;
                Assert.StartsWith(isStop ? "POST " : "DELETE ", server.Requests[before], StringComparison.Ordinal);
            }
            else
            {
                await AssertNothingDone(() => act);
                // The server has read what there was until the connection was closed: nothing.
                await server.DisconnectedAsync();
                Assert.Equal(before, server.Requests.Count);
            }
        }
    }
#endif

    private static async Task AssertNothingDone(Func<Task<Instance>> act)
    {
        var error = await Assert.ThrowsAsync<PulseRunException>(act);
        Assert.Equal(ErrorIds.RateLimited, error.ErrorId);
    }

    private sealed class SimulatedMinute(TimeProvider time, int limit)
    {
        private readonly long _origin = time.GetTimestamp();
        private long _minute = -1;
        private int _used;

        public bool TryTake()
        {
            long minute = (long)time.GetElapsedTime(_origin).TotalMinutes;
            if (minute != _minute)
                (_minute, _used) = (minute, 0);
            return ++_used <= limit;
        }
    }
}
