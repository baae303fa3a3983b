using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Gate;
using PulseRun.Client.Http;
using PulseRun.Client.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Gate;

public class SimulationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("fixed", 60, 16, 50, 1000, true)]
    [InlineData("sliding", 60, 16, 50, 1000, true)]
    [InlineData("bucket", 60, 16, 50, 1000, true)]
    [InlineData("fixed", 60, 64, 20, 1000, true)]
    [InlineData("sliding", 60, 32, 300, 1000, true)]
    [InlineData("bucket", 60, 32, 300, 500, true)]
    [InlineData("fixed", 300, 32, 50, 3000, true)]
    [InlineData("fixed", 60, 16, 50, 500, false)]
    [InlineData("sliding", 60, 16, 50, 500, false)]
    public void BulkJob_UsesTheLimit_WithFewRefusals(string kind, int limit, int workers, int roundTripMs, int requests, bool tellsHowLong)
    {
        var stepper = new Stepper();
        var gate = new RateGate(stepper.Time, () => 1);
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
                var call = new Call(Operation.Stop, "inst", TimeSpan.FromSeconds(600), new Observer(), CancellationToken.None);
                while (true)
                {
                    var turn = await gate.EnterAsync(call);
                    await stepper.Delay(roundTrip);
                    var wait = server.Ask(Now());
                    outcomes.Add(wait is null);
                    await stepper.Delay(roundTrip);
                    gate.Leave(turn, wait is null ? Verdict.Accepted : Verdict.Refused, tellsHowLong ? wait : null);
                    if (wait is null)
                        break;
                    call.Refusals++;
                }
            }
        }

        stepper.Run(() => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Work())), TimeSpan.FromMilliseconds(5));
        var took = Now();
        // Windows give whole portions, a bucket gives one by one.
        double ideal = kind == "bucket" ? (requests - limit) * 60.0 / limit : Math.Ceiling(requests / (double)limit - 1) * 60.0;
        var runs = Runs(outcomes);
        output.WriteLine($"{kind} {limit}/min, {workers} workers, {roundTripMs} ms: {took.TotalSeconds:0.0} s of {ideal:0.0} s, {outcomes.Count(o => !o)} refused in {runs.Count} runs, first {runs[0]}, worst later {runs.Skip(1).DefaultIfEmpty(0).Max()}");
        Assert.True(ideal / took.TotalSeconds >= 0.95, $"{took.TotalSeconds} s instead of {ideal} s");
        Assert.True(runs[0] < workers, $"{runs[0]} refused at the first pause");
        if (tellsHowLong)
            Assert.All(runs.Skip(1), r => Assert.InRange(r, 1, 2));
        Assert.InRange(outcomes.Count(o => !o), 1, requests / 5);
    }

    /// <summary>How many refusals came one after the other.</summary>
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
