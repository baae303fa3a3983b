using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.RateLimit;

public class SimulationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("fixed", 60, 16, 50, 1000, true)]
    [InlineData("sliding", 60, 16, 50, 1000, true)]
    [InlineData("bucket", 60, 16, 50, 1000, true)]
    [InlineData("fixed", 60, 64, 20, 1000, true)]
    [InlineData("sliding", 60, 32, 300, 1000, true)]
    [InlineData("bucket", 60, 32, 300, 500, true)]
    [InlineData("bucket", 20, 8, 50, 200, true)]
    [InlineData("bucket", 300, 32, 50, 2000, true)]
    [InlineData("fixed", 300, 32, 50, 3000, true)]
    [InlineData("fixed", 60, 16, 50, 500, false)]
    [InlineData("sliding", 60, 16, 50, 500, false)]
    public void BulkJob_UsesTheLimit_WithFewRejections(string kind, int limit, int workers, int roundTripMs, int requests, bool tellsHowLong)
    {
        var stepper = new Stepper();
        var limiter = new RateLimiter(stepper.Time, () => 1);
        var server = new SimulatedLimit(kind, limit, TimeSpan.FromMinutes(1));
        long start = stepper.Time.GetTimestamp();
        var outcomes = new List<bool>();
        int next = 0;
        var roundTrip = TimeSpan.FromMilliseconds(roundTripMs / 2.0);
        TimeSpan Now() => stepper.Time.GetElapsedTime(start);

        async Task Work()
        {
            while (next++ < requests)
            {
                var request = new RequestContext(Operations.Stop, "inst", TimeSpan.FromSeconds(600), new Observer(), CancellationToken.None);
                while (true)
                {
                    var permit = await limiter.AcquireAsync(request);
                    await stepper.Delay(roundTrip);
                    var wait = server.Ask(Now());
                    outcomes.Add(wait is null);
                    await stepper.Delay(roundTrip);
                    limiter.Release(permit, wait is null ? PermitOutcome.Accepted : PermitOutcome.Rejected, tellsHowLong ? wait : null);
                    if (wait is null)
                        break;
                    request.Refusals++;
                }
            }
        }

        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Work())), TimeSpan.FromMilliseconds(5));
        var took = Now();
        // Windows grant requests in batches, a bucket grants them one by one.
        double ideal = kind == "bucket" ? (requests - limit) * 60.0 / limit : Math.Ceiling(requests / (double)limit - 1) * 60.0;
        var runs = Runs(outcomes);
        output.WriteLine($"{kind} {limit}/min, {workers} workers, {roundTripMs} ms: {took.TotalSeconds:0.0} s of {ideal:0.0} s, {outcomes.Count(o => !o)} refused in {runs.Count} runs, first {runs[0]}, worst later {runs.Skip(1).DefaultIfEmpty(0).Max()}");
        Assert.True(ideal / took.TotalSeconds >= 0.95, $"{took.TotalSeconds} s instead of {ideal} s");
        // Below the default limit of a key, the first rejection comes while many requests are under way.
        Assert.True(runs[0] < workers || (limit < 60 && runs[0] == workers), $"{runs[0]} refused at the first pause");
        if (tellsHowLong)
            Assert.All(runs.Skip(1), r => Assert.InRange(r, 1, 2));
        Assert.InRange(outcomes.Count(o => !o), 1, requests / 5);
    }

    /// <summary>A server that is overloaded at times, or a key that is also used elsewhere: its rejections give no information about the permitted rate.</summary>
    [Theory]
    [InlineData(16, 0, 20, 1000)]
    [InlineData(4, 0, 5, 300)]
    [InlineData(3, 20, 3, 200)]
    [InlineData(2, 60, 2, 100)]
    public void StrayRejections_DoNotSlowItDownPermanently(int workers, int thinkSeconds, int refusesOneOf, int requests)
    {
        var stepper = new Stepper();
        var limiter = new RateLimiter(stepper.Time, () => 1);
        var random = new Random(1);
        long start = stepper.Time.GetTimestamp();
        var longest = TimeSpan.Zero;
        int next = 0;
        TimeSpan Now() => stepper.Time.GetElapsedTime(start);

        async Task Work(bool isCalm)
        {
            while (next++ < requests)
            {
                await stepper.Delay(TimeSpan.FromSeconds(thinkSeconds * 2 * random.NextDouble()));
                var request = new RequestContext(Operations.Stop, "inst", TimeSpan.FromSeconds(600), new Observer(), CancellationToken.None);
                while (true)
                {
                    var asked = Now();
                    var permit = await limiter.AcquireAsync(request);
                    if (Now() - asked > longest)
                        longest = Now() - asked;
                    await stepper.Delay(TimeSpan.FromMilliseconds(50));
                    bool isRefused = !isCalm && random.Next(refusesOneOf) == 0;
                    limiter.Release(permit, isRefused ? PermitOutcome.Rejected : PermitOutcome.Accepted, isRefused ? TimeSpan.FromSeconds(1) : null);
                    if (!isRefused)
                        break;
                    request.Refusals++;
                }
            }
        }

        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Work(isCalm: false))), TimeSpan.FromMilliseconds(5));
        var took = Now();
        output.WriteLine($"{requests} requests in {took.TotalSeconds:0} s, the longest wait {longest.TotalSeconds:0.0} s");
        Assert.True(longest <= TimeSpan.FromSeconds(60), $"{longest.TotalSeconds} s for one turn");
        Assert.True(took.TotalSeconds <= requests * (5 + thinkSeconds), $"{took.TotalSeconds} s in all");

        // After ten minutes without a rejection, the limiter has recovered fully.
        next = requests - 150;
        thinkSeconds = 4;
        stepper.Run(() => Work(isCalm: true), TimeSpan.FromMilliseconds(5));
        thinkSeconds = 0;
        next = requests - 100;
        start = stepper.Time.GetTimestamp();
        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Work(isCalm: true))), TimeSpan.FromMilliseconds(5));
        Assert.True(Now() < TimeSpan.FromSeconds(5), $"{Now().TotalSeconds} s for 100 requests");
    }

    /// <summary>The largest number of successive rejections.</summary>
    private static List<int> Runs(List<bool> outcomes)
    {
        var runs = new List<int>();
        int run = 0;
        foreach (bool accepted in outcomes)
        {
            if (!accepted)
                run++;
            else if (run > 0)
            {
                runs.Add(run);
                run = 0;
            }
        }
        return runs;
    }
}
