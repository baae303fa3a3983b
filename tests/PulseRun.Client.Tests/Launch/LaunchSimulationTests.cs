using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Simulates many small services, each from a seed: launches with faults, clock steps, outdated lists, other spellings and other customers. No instance is lost, launched twice, taken from another customer, or reported as not launched.</summary>
public sealed class LaunchSimulationTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pulserun-sim-" + Guid.NewGuid().ToString("N"));
    private int _launches, _reported, _found, _denied, _unknown, _documented;

    [Fact]
    public void Launches_AreNeverLostDoubledTakenOrReportedMissing()
    {
        // Set PULSERUN_SEEDS, for example to 5000, to run more.
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_SEEDS"), out int wanted) ? wanted : 25;
        int first = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_FIRST_SEED"), out int from) ? from : 1;
        for (int seed = first; seed < first + seeds; seed++)
            new World(this, seed).Run();
        output.WriteLine($"{_launches} launches: {_reported} reported, {_found} found later, {_denied} not launched, {_unknown} unknown, {_documented} as about_PulseRun_Launch says");
        Assert.True(_reported > 0 && _found > 0 && _denied > 0 && _unknown > 0);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private sealed class World(LaunchSimulationTests test, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly SimulatedTime _time = new();
        private readonly List<(Guid Intent, string Id)> _had = [];
        private readonly HashSet<Guid> _denied = [];
        private readonly Dictionary<Guid, (DateTimeOffset From, DateTimeOffset Until)> _windows = [];
        private TimeSpan _wallIsOff;

        public void Run()
        {
            string folder = Path.Combine(test._folder, seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var service = new SimulatedService(_time, _random);
            service.OnLaunch = () =>
            {
                if (_random.Next(3) == 0)
                    _wallIsOff += TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * new[] { 10, 1000, 200_000 }[_random.Next(3)]);
                if (_random.Next(8) == 0)
                    _ = ElsewhereAsync(service);
            };
            var context = Rig.MakeContext(service, "https://sim.test/", new Rig.Options { Timeout = TimeSpan.FromSeconds(30) }, () => _time.Clock.GetUtcNow() + _wallIsOff);
            using var client = new PulseRunClient(context, new RateLimiter(_time.Clock, () => 1), _time.Clock, () => 0, new SeenInstances());
            using IStore store = StoreFactory.Open(folder);
            _time.Run(() => LiveAsync(client, store));
            Check(service, store, context);
            context.Close();
        }

        private async Task ElsewhereAsync(SimulatedService service)
        {
            await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 6));
            service.LaunchElsewhere(_random.Next(4) == 0);
        }

        private async Task LiveAsync(PulseRunClient client, IStore store)
        {
            await _time.WaitAsync(TimeSpan.FromSeconds(1));
            for (int round = _random.Next(1, 4); round > 0; round--)
            {
                using var launcher = client.CreateLauncher(store.Launches, new LaunchOptions());
                await Task.WhenAll(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => OneAsync(launcher)).ToArray());
                await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 30));
                if (_random.Next(2) == 0)
                    await ResolveAsync(client, store);
            }
            await ResolveAsync(client, store);
            await _time.WaitAsync(TimeSpan.FromSeconds(60));
            await ResolveAsync(client, store);
        }

        private async Task OneAsync(PulseRun.Client.Launch.Launcher launcher)
        {
            test._launches++;
            var ticket = new LaunchTicket(new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch", Spot = _random.Next(4) == 0 ? true : null }, null);
            using var stop = new CancellationTokenSource();
            if (_random.Next(4) == 0)
                _ = StopAsync(stop, ticket);
            var from = _time.Clock.GetUtcNow();
            try
            {
                var instance = await launcher.LaunchAsync(ticket, new Observer { WantsDebug = false, WantsVerbose = false }, stop.Token);
                test._reported++;
                _had.Add((ticket.IntentId, instance.Id));
                launcher.Told([ticket.IntentId]);
            }
            catch (PulseRunException error)
            {
                if (error.Message.Contains("safe to launch again"))
                    _denied.Add(ticket.IntentId);
                else
                    Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
            }
            catch (OperationCanceledException)
            {
                launcher.Leave([ticket]);
            }
            _windows[ticket.IntentId] = (from, _time.Clock.GetUtcNow());
        }

        private async Task StopAsync(CancellationTokenSource stop, LaunchTicket ticket)
        {
            await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 40));
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                _ = ticket;
            }
        }

        private async Task ResolveAsync(PulseRunClient client, IStore store)
        {
            using var launcher = client.CreateLauncher(store.Launches, new LaunchOptions());
            var left = launcher.Left();
            foreach (var untold in left.Untold)
                _had.Add((untold.IntentId, untold.InstanceId!));
            launcher.Told(left.Untold.Select(static one => one.IntentId).ToList());
            foreach (var launch in await launcher.ResolveAsync([.. left.ToResolve, .. left.ToLookAtAgain], new Observer { WantsDebug = false, WantsVerbose = false }, default))
            {
                if (launch.Outcome == LaunchOutcome.NotLaunched)
                    _denied.Add(launch.IntentId);
                else
                    _denied.Remove(launch.IntentId);
                if (launch.Outcome != LaunchOutcome.Launched)
                    continue;
                test._found++;
                _had.Add((launch.IntentId, launch.InstanceId!));
                launcher.Told([launch.IntentId]);
            }
        }

        private void Check(SimulatedService service, IStore store, Context context)
        {
            var open = new HashSet<Guid>(store.Launches.Open(context.Account).Select(static one => one.IntentId));
            test._unknown += open.Count;
            test._denied += _denied.Count;
            string at = "seed " + seed;
            Assert.True(_had.Count == _had.Select(static one => one.Id).Distinct().Count(), at + ": one instance reported twice");
            Assert.True(_had.Count == _had.Select(static one => one.Intent).Distinct().Count(), at + ": one launch reported twice");
            var ids = new HashSet<string>(_had.Select(static one => one.Id));
            foreach (var (intent, id) in _had)
            {
                var row = service.Rows.Single(one => one.Id == id);
                if (row.Intent is not null)
                    continue;
                // The one case that cannot be distinguished: this launch did not happen, and another customer launched the same while it was under way.
                Assert.True(service.Rows.TrueForAll(one => one.Intent != intent), at + ": " + id + " is another customer's, and the launch has its own");
                var (from, until) = _windows[intent];
                Assert.True(row.CreatedAt >= from.AddSeconds(-8) && row.CreatedAt <= until.AddSeconds(8), at + ": " + id + " is another customer's, and not of that moment");
                test._documented++;
            }
            foreach (var row in service.Rows.Where(row => row.Intent is { } intent && !ids.Contains(row.Id)))
            {
                // A launch whose instance was given to an equal launch is counted with that one.
                Assert.False(_denied.Contains(row.Intent!.Value) && !_had.Exists(one => one.Intent == row.Intent), at + ": " + row.Id + " is there, and its launch was denied");
                Assert.True(open.Contains(row.Intent!.Value) || open.Count > 0, at + ": " + row.Id + " is lost");
            }
        }
    }
}
