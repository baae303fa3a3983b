using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Core.Launch;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Launch;

/// <summary>
/// Many small worlds, each by its seed: launch plans against the emulator under a lack of capacity, lost answers, answers that lie, lists that lag, and kills at any step.
/// No plan has two instances, none goes on while the outcome of an attempt is unknown, and every attempt and every instance is reported. 1,000 plans by hand: PULSERUN_PLANS=1000.
/// </summary>
public sealed class PlanSimulationTests(ITestOutputHelper output)
{
    private static readonly string[] s_gpus = ["h100_80gb", "a100_80gb", "l40s", "rtx_4090"];
    private static readonly string[] s_regions = ["eu", "us", "asia"];

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];

    private static int Number(string name, int byDefault) => int.TryParse(Environment.GetEnvironmentVariable(name), out int wanted) ? wanted : byDefault;

    [Fact]
    public void NoPlanHasTwoInstances_AndEveryAttemptIsReported()
    {
        int plans = Number("PULSERUN_PLANS", 120), first = Number("PULSERUN_FIRST_SEED", 1);
        for (int seed = first; Count("plans") < plans; seed++)
            Run(seed);
        output.WriteLine(string.Join(", ", _counts.Select(static one => one.Value.ToString(CultureInfo.InvariantCulture) + " " + one.Key)));
        Assert.True(_failures.Count == 0, _failures.Count + " failures:\n" + string.Join("\n", _failures.Take(30)));
        if (plans >= 120)
            Assert.All(["launched", "adopted", "no capacity", "killed", "resolved: Launched", "resolved: NotLaunched", "moved on after a doubtful answer", "a lie was found out"], what => Assert.True(Count(what) > 0, what));
    }

    private void Note(string what, int count = 1) => _counts[what] = Count(what) + count;

    private int Count(string what) => _counts.TryGetValue(what, out int count) ? count : 0;

    private void Run(int seed)
    {
        using var world = new PlanWorld(seed, Path.Combine(Path.GetTempPath(), "pulserun-plans-" + Guid.NewGuid().ToString("N")));
        var random = world.Random;
        Spoil(world, random);
        var gpus = s_gpus.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToList();
        var regions = s_regions.OrderBy(_ => random.Next()).Take(random.Next(0, 3)).ToList();
        var plan = new LaunchPlan(PlanAlternatives.Of(new LaunchRequest { Template = "pytorch" }, gpus, regions, [], random.Next(3) == 0 ? PlanAlternatives.Spots(LaunchMarket.SpotFirst) : [null]))
        {
            RetryFor = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(random.Next(1, 900)),
            RetryEvery = TimeSpan.FromSeconds(random.Next(1, 120)),
        };
        var victim = new Victim(random.Next(3) == 0 ? random.Next(1, 40) : null);
        var refusals = new PlanRefusals();
        var tickets = Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2, 4) : 1).Select(_ => PlanWorld.Ticket(plan, refusals)).ToList();
        var keys = tickets.ToDictionary(static ticket => ticket, static ticket => Enumerable.Range(1, 2000).Select(attempt => PlanRules.KeyOf(ticket.IntentId, attempt)).ToList());
        Note("plans", tickets.Count);
        world.OnPost = key =>
        {
            // The truth of the server at the moment at which a plan goes on.
            var ticket = tickets.Find(one => keys[one].Contains(key))!;
            if (keys[ticket].Exists(one => one != key && world.Created.ContainsKey(one)))
                Fail("the plan goes on although it has launched");
        };
        var reported = new List<string>();
        try
        {
            world.Time.Run(async () =>
            {
                await world.Time.WaitAsync(TimeSpan.FromSeconds(1));
                using var launcher = world.Process(victim).Launcher;
                await Task.WhenAll(tickets.Select(ticket => OneAsync(launcher, ticket)).ToArray());
                Note(victim.IsDead ? "killed" : "lived");
                for (int round = 0; round < 3; round++)
                {
                    await world.Time.WaitAsync(TimeSpan.FromMinutes(3));
                    await ResolveAsync();
                }
            }, isPumped: true);
            Check();
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Fail(error.ToString());
        }

        void Fail(string what) => _failures.Add("seed " + seed + ": " + what);

        async Task OneAsync(Launcher launcher, LaunchTicket ticket)
        {
            try
            {
                var instance = await launcher.LaunchAsync(ticket, world.Observer, default);
                if (victim.IsDead)
                    return;
                Note(ticket.Attempts[ticket.Attempts.Count - 1].Answer == "launched" ? "launched" : "launched late");
                reported.Add(instance.Id);
                launcher.Told([ticket.IntentId]);
                CheckAttempts(ticket, ticket.Attempts);
            }
            catch (PulseRunException error) when (!victim.IsDead)
            {
                Note(error.ErrorId == ErrorIds.CapacityUnavailable ? "no capacity" : "ended: " + error.ErrorId);
                CheckAttempts(ticket, error.Attempts);
                if (error.ErrorId is not (ErrorIds.CapacityUnavailable or ErrorIds.ServerError or ErrorIds.LaunchOutcomeUnknown or ErrorIds.ConnectionFailed or ErrorIds.MalformedResponse or ErrorIds.InsufficientBalance or ErrorIds.Conflict))
                    Fail("ended with " + error.ErrorId + ": " + error.Message);
                // The last attempt ended the plan, and all attempts before it found no capacity.
                if (error.Attempts.Take(error.Attempts.Count - 1).Any(static one => one.ErrorId is not (ErrorIds.CapacityUnavailable or ErrorIds.ServerError)))
                    Fail("went on after " + string.Join(", ", error.Attempts));
            }
            catch (Exception) when (victim.IsDead)
            {
                // The process is dead, so it reports nothing.
            }
        }

        void CheckAttempts(LaunchTicket ticket, IReadOnlyList<LaunchAttempt> attempts)
        {
            var own = attempts.Where(static one => one.Number > 0).ToList();
            if (own.Count != ticket.Attempt || own.Where((one, at) => one.Number != at + 1 || one.Duration is null || string.IsNullOrEmpty(one.Answer) || one.StartedAt == default).Any())
                Fail("attempts: " + string.Join("; ", attempts));
            int sent = keys[ticket].Count(key => world.Keys.Contains(key));
            if (sent != own.Count)
                Fail(sent + " attempts were sent, and " + own.Count + " are reported");
            if (world.Store.Launches.Attempts(ticket.IntentId).Count != own.Count)
                Fail("the journal has " + world.Store.Launches.Attempts(ticket.IntentId).Count + " attempts of " + own.Count);
            // Each round goes through the alternatives in order, and begins again only when retries are allowed.
            var order = own.Select(one => plan.Alternatives.ToList().FindIndex(request => request.Gpu == one.Gpu && request.Region == one.Region && request.Spot == one.Spot)).ToList();
            int back = order.Zip(order.Skip(1), static (a, b) => b <= a ? 1 : 0).Sum();
            if (order.Contains(-1) || (back > 0 && plan.RetryFor == TimeSpan.Zero))
                Fail("order: " + string.Join(" ", order));
            if (own.Exists(static one => one.ErrorId is not null) && world.Observer.VerboseLines.Any(static line => line.Contains("The outcome of launching", StringComparison.Ordinal)) && own.Count > 1)
                Note("moved on after a doubtful answer");
        }

        async Task ResolveAsync()
        {
            using var launcher = world.Process().Launcher;
            var left = launcher.Left();
            // The test's own process plays the killed one and still runs, so Left counts its launches as busy; read them from the store.
            var untold = victim.IsDead ? world.Store.Launches.Untold(world.Account) : left.Untold;
            reported.AddRange(untold.Select(static one => one.InstanceId!));
            launcher.Told(untold.Select(static one => one.IntentId).ToList());
            foreach (var found in await launcher.ResolveAsync(left.ToResolve.Concat(left.Busy).Concat(left.ToLookAtAgain).ToList(), world.Observer, default))
            {
                Note("resolved: " + found.Outcome);
                if (Environment.GetEnvironmentVariable("PULSERUN_WHY") is not null)
                    output.WriteLine(world.Time.Now + " " + found + " " + string.Join("; ", found.Attempts) + " " + found.MatchedBy + " " + string.Join(", ", found.Candidates.Select(static one => one.Id + " " + one.CreatedAt)) + "\n" + string.Join("\n", world.Observer.VerboseLines));
                if (found.Outcome == LaunchOutcome.Launched)
                {
                    reported.Add(found.InstanceId!);
                    launcher.Told([found.IntentId]);
                }
                if (victim.IsDead && tickets.Exists(ticket => ticket.IntentId == found.IntentId) && found.Attempts.Count == 0)
                    Fail("the attempts of a killed plan are not reported");
            }
        }

        void Check()
        {
            foreach (var ticket in tickets)
            {
                var all = keys[ticket].Where(world.Created.ContainsKey).SelectMany(key => world.Created[key]).ToList();
                if (all.Count > 1)
                    Fail("one plan has " + string.Join(" and ", all));
            }
            var created = world.Created.Values.SelectMany(static ids => ids).OrderBy(static id => id).ToList();
            // An instance that was reported before a kill, but not yet recorded as reported, is reported once more.
            if (!created.SequenceEqual(reported.Distinct().OrderBy(static id => id)))
                Fail("created " + string.Join(", ", created) + ", reported " + string.Join(", ", reported) + "; " + string.Join(" / ", world.Observer.Warnings));
            if (world.Store.Launches.Open(world.Account).Count > 0)
                Fail("left open");
            Note("adopted", world.Observer.Warnings.Count(static line => line.Contains("adopted", StringComparison.Ordinal)));
            Note("a lie was found out", world.Observer.Warnings.Count(static line => line.Contains("ended in an error, but it happened", StringComparison.Ordinal)));
        }
    }

    private static void Spoil(PlanWorld world, Random random)
    {
        const string noGpu = "No capacity: none is available.";
        if (random.Next(2) == 0)
            world.Fault(EmulatorFaultKind.ListLag, duration: TimeSpan.FromSeconds(random.Next(1, 50)), method: "GET");
        world.Fault(EmulatorFaultKind.TooManyRequests, random.NextDouble() * 0.2);
        world.Fault(EmulatorFaultKind.ServerErrorAfterEffect, random.NextDouble() * 0.3, 503, noGpu);
        world.Fault(EmulatorFaultKind.ServerErrorAfterEffect, random.NextDouble() * 0.1, 500, noGpu);
        world.Fault(EmulatorFaultKind.NoCapacity, random.NextDouble() * 0.5, 503);
        world.Fault(EmulatorFaultKind.ServerError, random.NextDouble() * 0.1, 500, noGpu);
        world.Fault(EmulatorFaultKind.ServerError, random.NextDouble() * 0.1);
        world.Fault(EmulatorFaultKind.ServerErrorAfterEffect, random.NextDouble() * 0.1);
        world.Fault(EmulatorFaultKind.CutBeforeAnswer, random.NextDouble() * 0.1);
        world.Fault(EmulatorFaultKind.CutBeforeAnswer, random.NextDouble() * 0.2, afterEffect: true);
        world.Fault(EmulatorFaultKind.EmptyAnswer, random.NextDouble() * 0.1);
        world.Fault(EmulatorFaultKind.NotJson, random.NextDouble() * 0.1);
        world.Fault(EmulatorFaultKind.NoCapacity, random.NextDouble());
        if (random.Next(20) == 0)
            world.Emulator.SetBalance(0);
    }
}
