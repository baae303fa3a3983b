#if NET
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.RateLimit;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.RateLimit;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.RateLimit;
using PulseRun.Store.Tests;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>Simulates hosts that share one key and one database. The limiters and the database are real; the time is simulated.</summary>
public sealed class RateAllowanceTests : IDisposable
{
    private const string Account = TempFolder.Account;
    private readonly ITestOutputHelper _output;
    private readonly TempFolder _folder = new();
    private readonly List<Database> _databases = [];
    private readonly Stepper _stepper = new();

    /// <summary>The hosts whose store does not answer.</summary>
    private readonly HashSet<int> _away = [];

    /// <summary>The time that a reply of the store takes, in milliseconds.</summary>
    private int _replyMs = 5;

    public RateAllowanceTests(ITestOutputHelper output) => _output = output;

    public void Dispose()
    {
        _databases.ForEach(static one => one.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(3, 4, 50)]
    [InlineData(3, 16, 300)]
    [InlineData(10, 3, 50)]
    public void Hosts_ShareTheLimitOfAMinute_AndNoneStarves(int hosts, int workers, int roundTripMs)
    {
        var server = new SimulatedLimit("sliding", 60, TimeSpan.FromMinutes(1));
        Traffic[] all = Drive(hosts, workers, roundTripMs, TimeSpan.FromMinutes(12), server);
        int sent = all.Sum(static one => one.Accepted), refused = all.Sum(static one => one.Refused);
        _output.WriteLine($"{hosts} hosts: {sent} accepted ({string.Join(' ', all.Select(static one => one.Accepted))}), {refused} refused, longest wait {all.Max(static one => one.Longest).TotalSeconds:0} s");
        Assert.True(refused <= sent * 0.02, refused + " of " + sent + " refused");
        Assert.True(sent >= 12 * 60 * 0.85, sent + " sent");
        Assert.All(all, one => Assert.True(one.Accepted >= sent / hosts * 0.7, one.Accepted + " of " + sent));
        Assert.All(all, static one => Assert.True(one.Longest < TimeSpan.FromMinutes(4), one.Longest + " for one request"));
    }

    /// <summary>Each reply takes longer than the 200 ms after which a host goes on slowly. What the hosts send meanwhile is not beside the allowance.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void AStoreThatAnswersLate_LetsHostsExceedTheLimitHardlyEver(int hosts)
    {
        _replyMs = 350;
        Traffic[] all = Drive(hosts, 1, 50, TimeSpan.FromMinutes(10), new SimulatedLimit("sliding", 60, TimeSpan.FromMinutes(1)));
        int sent = all.Sum(static one => one.Accepted), refused = all.Sum(static one => one.Refused);
        _output.WriteLine($"{hosts} hosts: {sent} accepted ({string.Join(' ', all.Select(static one => one.Accepted))}), {refused} refused");
        Assert.True(refused <= sent * 0.02, refused + " of " + sent + " refused");
        Assert.All(all, one => Assert.True(one.Accepted >= sent / hosts * 0.5, one.Accepted + " of " + sent));
    }

    [Fact]
    public void AKeyWithAHigherLimit_IsFoundByOneProbe()
    {
        Traffic[] all = Drive(3, 2, 100, TimeSpan.FromSeconds(20), new SimulatedLimit("sliding", 100_000, TimeSpan.FromMinutes(1)));
        Assert.True(all.Sum(static one => one.Accepted) > 600);
        Assert.Equal(0, all.Sum(static one => one.Refused));
    }

    [Fact]
    public void WithoutTheDatabase_AHostGoesOnSlowly_AndSaysSo_AndRecovers()
    {
        var server = new SimulatedLimit("sliding", 60, TimeSpan.FromMinutes(1));
        int alone = 0, atReturn = 0;
        Traffic[] all = Drive(2, 2, 50, TimeSpan.FromMinutes(14), server, async traffic =>
        {
            await _stepper.Delay(TimeSpan.FromMinutes(4));
            _away.Add(0);
            // The permits that were drawn before expire.
            await _stepper.Delay(TimeSpan.FromSeconds(10));
            int before = traffic[0].Accepted;
            await _stepper.Delay(TimeSpan.FromMinutes(5));
            alone = traffic[0].Accepted - before;
            Assert.Contains(traffic[0].Observer.VerboseLines, static line => line.Contains("did not answer within 200 ms", StringComparison.Ordinal));
            _away.Clear();
            atReturn = traffic[0].Accepted;
        });
        // Its share of the minute before was 10 to 60 requests, so that a tenth is 1 to 6 a minute.
        Assert.InRange(alone, 5, 30);
        Assert.True(all[0].Accepted - atReturn >= 60, "only " + (all[0].Accepted - atReturn) + " after its return");
        Assert.True(all.Sum(static one => one.Refused) <= all.Sum(static one => one.Accepted) * 0.02);
        Assert.DoesNotContain(all[1].Observer.VerboseLines, static line => line.Contains("did not answer", StringComparison.Ordinal));
    }

    [Fact]
    public void ADatabaseThatWasNeverThere_DelaysTheFirstRequestBy200Ms()
    {
        _away.Add(0);
        Traffic[] all = Drive(1, 1, 10, TimeSpan.FromSeconds(65), new SimulatedLimit("sliding", 60, TimeSpan.FromMinutes(1)));
        // The default limit is 60, and a tenth of it is one request in 10 s.
        Assert.InRange(all[0].Accepted, 6, 8);
        Assert.InRange(all[0].First, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public void ARejection_HoldsAllHosts()
    {
        RateAllowance one = Allowance(), other = Allowance();
        Assert.Equal(10, one.Draw(Account, new RateDraw(10)).Requests);
        one.Hold(Account, TimeSpan.FromSeconds(30));
        RateBlock refused = other.Draw(Account, new RateDraw(5));
        Assert.Equal((0, TimeSpan.FromSeconds(30)), (refused.Requests, refused.RetryAfter));
        Assert.Equal(5, other.Draw("another account", new RateDraw(5)).Requests);
        // A shorter wait of another rejection does not end it.
        other.Hold(Account, TimeSpan.FromSeconds(1));
        _stepper.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, other.Draw(Account, new RateDraw(5)).Requests);
        _stepper.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, other.Draw(Account, new RateDraw(5)).Requests);
    }

    [Fact]
    public void TheHostThatWaitsLongest_IsServedFirst_AndUnusedRequestsComeBack()
    {
        RateAllowance busy = Allowance(), first = Allowance(), second = Allowance();
        RateBlock last = RateBlock.None;
        for (int i = 0; i < 6; i++)
            last = busy.Draw(Account, new RateDraw(10));
        Assert.Equal(0, first.Draw(Account, new RateDraw(10)).Requests);
        _stepper.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, second.Draw(Account, new RateDraw(10)).Requests);
        _stepper.Time.Advance(TimeSpan.FromSeconds(1));
        // Of the last block nothing was sent: its requests go to those that wait, not to the host that returns them.
        RateBlock own = busy.Draw(Account, new RateDraw(10, null, last.Id, 10));
        Assert.Equal((0, true), (own.Requests, own.RetryAfter <= TimeSpan.FromMilliseconds(250)));
        Assert.Equal(5, second.Draw(Account, new RateDraw(10)).Requests);
        Assert.Equal(5, first.Draw(Account, new RateDraw(5)).Requests);
        // Another host cannot return what it has not drawn.
        Assert.Equal(0, first.Draw(Account, new RateDraw(10, null, last.Id, 10)).Requests);
    }

    [Fact]
    public void AProbe_IsDrawnOnlyWhenTheLimitWasSurelySent_AndOnceAnHour()
    {
        RateAllowance one = Allowance(), other = Allowance();
        RateBlock block = RateBlock.None;
        for (int i = 0; i < 5; i++)
            block = one.Draw(Account, new RateDraw(10, null, block.Id));
        RateBlock held = other.Draw(Account, new RateDraw(10));
        // Ten requests of the other host are not sent yet, so that a request would be accepted without proof of a higher limit.
        Assert.Equal(0, one.Draw(Account, new RateDraw(10, null, block.Id)).Requests);
        Assert.True(other.Draw(Account, new RateDraw(10, null, held.Id)) is { IsProbe: true, Requests: 1 });
        Assert.Equal(0, one.Draw(Account, new RateDraw(10)).Requests);
        one.Lift(Account);
        Assert.Equal(10, other.Draw(Account, new RateDraw(10)).Requests);
        one.Hold(Account, TimeSpan.FromSeconds(1));
        // An acceptance that was reported late does not undo the rejection.
        one.Lift(Account);
        Assert.Equal(0, other.Draw(Account, new RateDraw(10)).Requests);
    }

    [Fact]
    public void ProcessesAtOnce_DrawNoMoreThanTheLimit()
    {
        RateAllowance[] hosts = [.. Enumerable.Range(0, 8).Select(_ => Allowance())];
        int drawn = 0;
        Parallel.For(0, 40, i =>
        {
            RateBlock block = hosts[i % 8].Draw(Account, new RateDraw(7));
            if (!block.IsProbe)
                Interlocked.Add(ref drawn, block.Requests);
        });
        Assert.InRange(drawn, 55, 60);
    }

    private RateAllowance Allowance()
    {
        string text = File.ReadAllText(_folder.File);
        var database = new Database(() => ConnectionText.Parse(text, null), "the test's");
        _databases.Add(database);
        return new RateAllowance(database, () => _stepper.Time.GetUtcNow());
    }

    /// <summary>Lets hosts send requests as fast as they may for some time.</summary>
    private Traffic[] Drive(int hosts, int workers, int roundTripMs, TimeSpan length, SimulatedLimit server, Func<Traffic[], Task>? meanwhile = null)
    {
        long start = _stepper.Time.GetTimestamp();
        TimeSpan half = TimeSpan.FromMilliseconds(roundTripMs / 2.0);
        Traffic[] all = [.. Enumerable.Range(0, hosts).Select(i => new Traffic(Limiter(i)))];
        TimeSpan Now() => _stepper.Time.GetElapsedTime(start);

        async Task Work(Traffic host)
        {
            while (Now() < length)
            {
                TimeSpan asked = Now();
                var request = new RequestContext(Operations.Stop, "inst", TimeSpan.FromSeconds(6000), host.Observer, CancellationToken.None);
                while (true)
                {
                    Permit permit = await host.Limiter.AcquireAsync(request);
                    await _stepper.Delay(half);
                    TimeSpan? wait = server.Ask(Now());
                    await _stepper.Delay(half);
                    host.Limiter.Release(permit, wait is null ? PermitOutcome.Accepted : PermitOutcome.Rejected, wait);
                    if (wait is null)
                        break;
                    request.Refusals++;
                    host.Refused++;
                }
                if (host.Accepted++ == 0)
                    host.First = Now() - half - half;
                if (Now() - asked > host.Longest)
                    host.Longest = Now() - asked;
            }
        }

        _stepper.Run(() => Task.WhenAll([.. all.SelectMany(host => Enumerable.Range(0, workers).Select(_ => Work(host))), meanwhile?.Invoke(all) ?? Task.CompletedTask]), TimeSpan.FromMilliseconds(5));
        return all;
    }

    private RateLimiter Limiter(int host)
    {
        var limiter = new RateLimiter(_stepper.Time, static () => 1);
        limiter.Share(Allowance(), Account, async work =>
        {
            await _stepper.Delay(TimeSpan.FromMilliseconds(_away.Contains(host) ? 15_000 : _replyMs));
            return _away.Contains(host) ? throw new StoreUnavailableException(StoreFailure.Unreachable, "away") : work();
        });
        return limiter;
    }

    private sealed class Traffic(RateLimiter limiter)
    {
        public RateLimiter Limiter { get; } = limiter;

        public Observer Observer { get; } = new();

        public int Accepted { get; set; }

        public int Refused { get; set; }

        public TimeSpan Longest { get; set; }

        public TimeSpan First { get; set; }
    }
}
#endif
