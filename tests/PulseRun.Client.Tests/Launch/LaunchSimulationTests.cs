using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store;
using PulseRun.Tests.Shared;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Launch;

/// <summary>
/// Many small worlds, each by its seed: launches of one to three processes on one or two stores, under faults, clock steps, limits, lagging lists and other spellings. In worlds of even seeds, others launch the same.
/// None is lost, doubled, taken from another or denied.
/// </summary>
public sealed class LaunchSimulationTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pulserun-sim-" + Guid.NewGuid().ToString("N"));
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private static int Seeds(int byDefault) => int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_SEEDS"), out int wanted) ? wanted : byDefault;

    private static int FirstSeed => int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_FIRST_SEED"), out int from) ? from : 1;

    /// <summary>More of them by hand: PULSERUN_SEEDS=1000. One of them: PULSERUN_FIRST_SEED=17 PULSERUN_SEEDS=1.</summary>
    [Fact]
    public void Launches_AreNeverLostDoubledTakenOrReportedMissing()
    {
        int seeds = Seeds(40);
        var failures = new List<string>();
        for (int seed = FirstSeed; seed < FirstSeed + seeds; seed++)
        {
            using var world = new World(this, seed, isPlain: false);
            world.Run(failures);
        }
        Print();
        Assert.True(failures.Count == 0, failures.Count + " failures:\n" + string.Join("\n", failures.Take(40)));
        // Other worlds may lack one of them.
        if (seeds >= 40 && FirstSeed == 1)
            Assert.All(["reported", "denied", "unknown", "over the limit", "refused"], what => Assert.True(Count(what) > 0, what));
    }

    /// <summary>
    /// Worlds in which an early version denied a launch that had happened. In 30018 and 30182 an equal one could not be proven to have its instance, and the instance did not count for either.
    /// In 783 two commands resolved it at the same moment, and one did not recognize the claim of the other as that of the launch itself.
    /// </summary>
    [Theory]
    [InlineData(30018, false)]
    [InlineData(30182, false)]
    [InlineData(783, true)]
    public void WorldsThatOnceFailed_AreAccountedFor(int seed, bool isMild)
    {
        var failures = new List<string>();
        using (var world = new World(this, seed, isPlain: false, isMild: isMild))
            world.Run(failures);
        Assert.Empty(failures);
    }

    /// <summary>If a service only fails, and there are no other customers, every outcome is determined. Only a launch that was cut off and did not happen takes longer, because the server could work on it until the request timeout.</summary>
    [Fact]
    public void InPlainWorlds_TheOutcomeIsFoundOut()
    {
        int seeds = Seeds(40);
        var failures = new List<string>();
        for (int seed = FirstSeed; seed < FirstSeed + seeds; seed++)
        {
            using var world = new World(this, seed, isPlain: true);
            world.Run(failures);
        }
        Print();
        Assert.True(failures.Count == 0, failures.Count + " failures:\n" + string.Join("\n", failures.Take(40)));
        Assert.Equal(0, Count("unknown"));
        if (seeds >= 40)
            Assert.InRange(Count("unknown at first"), 1, Count("cut off for nothing") + Count("launches") / 50);
    }

    /// <summary>One account in which others launch the same for hours. A person closes after each round what stayed unknown. At most the first instance of the others can be taken for one from here. About 1,700 launches by hand: PULSERUN_SEEDS=140.</summary>
    [Fact]
    public void InASharedAccount_LaunchesOfHours_AreAccountedFor()
    {
        int seed = FirstSeed * 2, rounds = Seeds(TestSize.Of(40, 20)) * 2;
        var failures = new List<string>();
        using (var world = new World(this, seed, isPlain: false, rounds: rounds))
            world.Run(failures);
        Print();
        Assert.True(failures.Count == 0, failures.Count + " failures:\n" + string.Join("\n", failures.Take(40)));
        Assert.True(Count("launches") >= rounds);
        Assert.InRange(Count("as documented"), 0, 1);
    }

    /// <summary>
    /// A service that answers most launches. In worlds of even seeds others launch the same within seconds, so that this shows how often the first instance of theirs is taken; odd seeds show what a user who is alone gets.
    /// About 1,000 launches by hand: PULSERUN_SEEDS=150.
    /// </summary>
    [Fact]
    public void InMildWorlds_AUserWhoIsAloneGetsWhatWasLaunched()
    {
        int seeds = Seeds(60);
        var failures = new List<string>();
        for (int seed = FirstSeed; seed < FirstSeed + seeds; seed++)
        {
            using var world = new World(this, seed, isPlain: false, isMild: true);
            world.Run(failures);
        }
        Print();
        Assert.True(failures.Count == 0, failures.Count + " failures:\n" + string.Join("\n", failures.Take(40)));
        // In 600 worlds two of three are found. Few worlds scatter, so that only a rule that finds hardly any fails, and only in the worlds of each run.
        if (seeds >= 60 && FirstSeed == 1)
        {
            Assert.True(Count("found later") > 0);
            Assert.True(4 * CountAlone("error, launched -> found") > CountAlone("error, launched -> unknown"));
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private void Note(string what, int count = 1) => _counts[what] = Count(what) + count;

    private int Count(string what) => _counts.TryGetValue(what, out int count) ? count : 0;

    private int CountAlone(string what) => Count("alone: " + what) + Count("alone, Date is old: " + what);

    private void Print() => output.WriteLine(string.Join(", ", _counts.Select(static one => one.Value.ToString(CultureInfo.InvariantCulture) + " " + one.Key)));

    /// <summary>Represents a launch as the test follows it.</summary>
    private sealed class Tracked(int store, bool spot, decimal? limit)
    {
        public int Store => store;

        public bool Spot => spot;

        public decimal? Limit => limit;

        /// <summary>The instances that were reported for it, by any process.</summary>
        public HashSet<string> Ids { get; } = [];

        /// <summary>True when a command said that it did not happen.</summary>
        public bool WasDenied { get; set; }

        /// <summary>True when it was ended because of its limit, and that was said.</summary>
        public bool WasOver { get; set; }
    }

    /// <summary>One process.</summary>
    private sealed record Actor(PulseRunClient Client, Context Context, IStore Store, int StoreNumber, ProcessClaims Claims, bool SeesOwners)
    {
        public Launcher NewLauncher() => Client.CreateLauncher(Store.Launches, Claims, new LaunchOptions());
    }

    private sealed class World : IDisposable
    {
        private readonly LaunchSimulationTests _test;
        private readonly int _seed;
        private readonly bool _isPlain;
        private readonly Random _random;
        private readonly SimulatedTime _time = new();
        private readonly SimulatedService _service;
        private readonly Dictionary<Guid, Tracked> _launches = [];
        private readonly HashSet<Guid> _cancelled = [];
        private readonly HashSet<string> _byHand = [];
        private readonly Observer _observer = new() { WantsDebug = false, WantsVerbose = false };
        private TimeSpan _wallIsOff;

        private readonly int? _rounds;
        private readonly string _kind;

        public World(LaunchSimulationTests test, int seed, bool isPlain, int? rounds = null, bool isMild = false)
        {
            (_test, _seed, _isPlain, _rounds) = (test, seed, isPlain, rounds);
            _random = new Random(seed);
            // Some servers write a new Date header once a second only, at any moment of it.
            var dateAge = isMild && seed % 6 < 2 ? TimeSpan.FromSeconds(seed % 10 / 10.0) : TimeSpan.Zero;
            _service = new SimulatedService(_time, _random, isPlain, isMild, dateAge);
            _kind = dateAge == TimeSpan.Zero ? "" : ", Date is old";
        }

        /// <summary>True when nothing else launches in this account.</summary>
        private bool IsAlone => _isPlain || _seed % 2 == 1;

        public void Dispose() => _service.Dispose();

        public void Run(List<string> failures)
        {
            string folder = Path.Combine(_test._folder, (_isPlain ? "p" : "o") + _seed.ToString(CultureInfo.InvariantCulture));
            if (!_isPlain)
                _service.OnLaunch = Disturb;
            using IStore here = StoreFactory.Open(Path.Combine(folder, "1")), there = StoreFactory.Open(Path.Combine(folder, "2"));
            var actors = new List<Actor> { NewActor(here, 1) };
            if (!_isPlain && _random.Next(2) == 0)
                actors.Add(NewActor(here, 1));
            if (!_isPlain && _random.Next(3) == 0 && !IsAlone)
                actors.Add(NewActor(there, 2));
            try
            {
                _time.Run(() => LiveAsync(actors));
                Check(actors, failures);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                failures.Add("seed " + _seed + ": " + error);
            }
            foreach (var actor in actors)
            {
                actor.Client.Dispose();
                actor.Context.Close();
            }
        }

        private Actor NewActor(IStore store, int number)
        {
            var options = new Rig.Options { Timeout = TimeSpan.FromSeconds(30), Account = "account " + _seed + (_isPlain ? " p " : " o ") + number };
            var context = Rig.MakeContext(_service, "https://sim.test/", options, () => _time.Now + _wallIsOff);
            return new Actor(new PulseRunClient(context, new RateLimiter(_time, () => 1), _time, () => 0, new SeenInstances()), context, store, number, new ProcessClaims(), SeesOwners: _random.Next(2) == 0);
        }

        private void Disturb()
        {
            if (_random.Next(3) == 0)
                _wallIsOff += TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * new[] { 10, 1000, 200_000 }[_random.Next(3)]);
            if (_random.Next(8) == 0 && !IsAlone)
                _ = ElsewhereAsync();
        }

        private async Task ElsewhereAsync()
        {
            await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 6));
            _service.LaunchElsewhere(_random.Next(4) == 0);
        }

        private async Task LiveAsync(List<Actor> actors)
        {
            await Task.WhenAll(actors.Select(async actor =>
            {
                await _time.WaitAsync(TimeSpan.FromSeconds(1 + _random.NextDouble() * 10));
                for (int round = _rounds ?? _random.Next(1, 4); round > 0; round--)
                {
                    using var launcher = actor.NewLauncher();
                    await Task.WhenAll(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => OneAsync(actor, launcher)).ToArray());
                    await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 30));
                    if (_random.Next(2) == 0)
                        await ResolveAsync(actor);
                    if (_rounds is not null)
                        CloseByHand(actor);
                }
            }).ToArray());
            foreach (int _ in new[] { 1, 2 })
            {
                foreach (var actor in actors)
                    await ResolveAsync(actor);
                await _time.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        /// <summary>Closes what stayed unknown, as a person does who looks at the instances.</summary>
        private void CloseByHand(Actor actor)
        {
            foreach (var record in actor.Store.Launches.Open(actor.Context.Account))
            {
                if (!_service.Posts.TryGetValue(record.IntentId, out var post) || post.Came + TimeSpan.FromSeconds(90) > _time.Now)
                    continue;
                var row = _service.Rows.Find(one => one.Intent == record.IntentId);
                var closing = row is null ? LaunchClosing.NotLaunched(_time.Now) : LaunchClosing.Launched(row.Id, "by hand", _time.Now);
                // An equal launch may have its instance. Then it has that of the other, and stays open here.
                if (!actor.Store.Launches.Close(record.IntentId, closing))
                    continue;
                _test.Note("closed by hand");
                if (row is not null)
                    _byHand.Add(row.Id);
            }
        }

        /// <summary>Writes an event of one world, to find the cause of a failure: PULSERUN_TRACE=1.</summary>
        private void Trace(Guid intent, string what)
        {
            if (Environment.GetEnvironmentVariable("PULSERUN_TRACE") is not null)
                Console.WriteLine((_time.Now.TimeOfDay.TotalSeconds % 10_000).ToString("0.0", CultureInfo.InvariantCulture) + " " + intent.ToString().Substring(0, 4) + " " + what);
        }

        private async Task OneAsync(Actor actor, Launcher launcher)
        {
            _test.Note("launches");
            // The launches of a plain world are alike, as those of -Count are.
            bool isSpot = _isPlain ? _seed % 4 == 0 : _random.Next(4) == 0;
            var ticket = new LaunchTicket(
                new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch", Spot = isSpot ? true : null },
                _random.Next(4) == 0 ? 2 : null);
            var launch = new Tracked(actor.StoreNumber, ticket.Request.Spot == true, ticket.MaxHourlyCost);
            _launches[ticket.IntentId] = launch;
            using var stop = new CancellationTokenSource();
            if (!_isPlain && _random.Next(4) == 0)
                _ = StopAsync(stop);
            try
            {
                var instance = await launcher.LaunchAsync(ticket, _observer, stop.Token);
                Trace(ticket.IntentId, "launched " + instance.Id);
                _test.Note("reported");
                launch.Ids.Add(instance.Id);
                launcher.Told([ticket.IntentId]);
            }
            catch (PulseRunException error)
            {
                Take(error, ticket, launch, launcher);
            }
            catch (OperationCanceledException)
            {
                _test.Note("cancelled");
                _cancelled.Add(ticket.IntentId);
                launcher.Leave([ticket]);
            }
        }

        private void Take(PulseRunException error, LaunchTicket ticket, Tracked launch, Launcher launcher)
        {
            Trace(ticket.IntentId, error.Message);
            if (error.Message.Contains("safe to launch again"))
            {
                _test.Note("denied");
                launch.WasDenied = true;
            }
            else if (error.ErrorId == ErrorIds.CostLimitExceeded && error.Message.StartsWith("Nothing was launched", StringComparison.Ordinal))
            {
                _test.Note("refused");
                Assert.False(_service.Posts.ContainsKey(ticket.IntentId));
            }
            else if (error.ErrorId == ErrorIds.CostLimitExceeded)
            {
                _test.Note("over the limit");
                Assert.True(ticket.IsGone && ticket.InstanceId is not null);
                launch.Ids.Add(ticket.InstanceId!);
                launch.WasOver = true;
            }
            else
            {
                Assert.True(error.ErrorId == ErrorIds.LaunchOutcomeUnknown, error.ErrorId + ": " + error.Message);
                _test.Note("unknown at first");
                if (Environment.GetEnvironmentVariable("PULSERUN_WHY") is not null)
                    _test.Note("\n" + (launch.Spot ? "spot " : "") + System.Text.RegularExpressions.Regex.Replace(error.Message, @"inst_\S+|[0-9a-f-]{36}", "X"));
                return;
            }
            launcher.Told([ticket.IntentId]);
        }

        private async Task StopAsync(CancellationTokenSource stop)
        {
            await _time.WaitAsync(TimeSpan.FromSeconds(_random.NextDouble() * 40));
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The launch has ended.
            }
        }

        private async Task ResolveAsync(Actor actor)
        {
            using var launcher = actor.NewLauncher();
            var left = launcher.Left();
            foreach (var untold in left.Untold)
                _launches[untold.IntentId].Ids.Add(untold.InstanceId!);
            launcher.Told(left.Untold.Select(static one => one.IntentId).ToList());
            // A process in another container sees the launches of living ones as well, and leaves them alone as long as they may last.
            var wanted = left.ToResolve.Concat(actor.SeesOwners ? [] : left.Busy).Concat(left.ToLookAtAgain).ToList();
            foreach (var result in await launcher.ResolveAsync(wanted, _observer, default))
            {
                var launch = _launches[result.IntentId];
                Trace(result.IntentId, result.Outcome + " " + result.InstanceId + " by " + result.MatchedBy + " of " + string.Join(", ", result.Candidates.Select(static one => one.Id)));
                if (result.Outcome == LaunchOutcome.NotLaunched)
                {
                    // An instance that was terminated because of a limit is among the candidates.
                    if (result.Candidates.Count == 0)
                        launch.WasDenied = true;
                    else
                        launch.Ids.Add(result.Candidates[0].Id);
                    launch.WasOver |= result.Candidates.Count > 0;
                }
                else if (result.Outcome == LaunchOutcome.Launched)
                {
                    _test.Note("found later");
                    launch.Ids.Add(result.InstanceId!);
                    launcher.Told([result.IntentId]);
                }
            }
        }

        private void Check(List<Actor> actors, List<string> failures)
        {
            var open = actors.Select(static actor => actor.Store).Distinct()
                .SelectMany(store => actors.First(one => one.Store == store).Store.Launches.Open(actors.First(one => one.Store == store).Context.Account))
                .ToDictionary(static one => one.IntentId);
            _test.Note("unknown", open.Count);
            _test.Note(IsAlone ? "unknown of those that are alone" : "unknown beside others", open.Count);
            _test.Note(IsAlone ? "lost answers alone" : "lost answers beside others", _service.Posts.Keys.Count(intent => !_service.Answered.Contains(intent)));
            foreach (var (intent, how) in _service.Lost.Select(static one => (one.Key, one.Value)))
            {
                string what = (IsAlone ? "alone" : "beside others") + _kind + ": " + how + (_cancelled.Contains(intent) ? ", cancelled" : "") + (_service.Rows.Exists(one => one.Intent == intent) ? ", launched" : ", not launched");
                _test.Note(what + (_launches[intent].Ids.Count > 0 ? " -> found" : _launches[intent].WasDenied ? " -> denied" : " -> unknown"));
            }
            _test.Note(IsAlone ? "launches alone" : "launches beside others", _launches.Count);
            _test.Note("cut off for nothing", _service.CutForNothing.Count);
            var holders = _launches.SelectMany(static one => one.Value.Ids.Select(id => (Id: id, Intent: one.Key, Launch: one.Value))).ToList();
            var ids = new HashSet<string>(holders.Select(static one => one.Id));
            foreach (var group in holders.GroupBy(static one => (one.Id, one.Launch.Store)).Where(static group => group.Count() > 1))
                Fail(group.Key.Id + " was reported for " + group.Count() + " launches");
            foreach (var (intent, launch) in _launches.Select(static one => (one.Key, one.Value)).Where(static one => one.Value.Ids.Count > 1))
                Fail("launch " + intent + " was reported as " + string.Join(" and ", launch.Ids));
            if (Environment.GetEnvironmentVariable("PULSERUN_WHY") is not null)
            {
                foreach (var row in _service.Rows)
                    failures.Add(row.Id + " of " + (row.Intent?.ToString().Substring(0, 4) ?? "another") + " spot " + row.Spot + " created " + Span(row.CreatedAt) + " visible " + Span(row.VisibleAt) + " had by " + holders.Find(one => one.Id == row.Id).Intent.ToString().Substring(0, 4));
                foreach (var one in _launches)
                    failures.Add(one.Key.ToString().Substring(0, 4) + " store " + one.Value.Store + " spot " + one.Value.Spot + " open " + open.ContainsKey(one.Key) + " cancelled " + _cancelled.Contains(one.Key) + " denied " + one.Value.WasDenied
                        + (_service.Posts.TryGetValue(one.Key, out var post) ? " came " + Span(post.Came) + " ended " + Span(post.Ended) : " never sent"));
            }
            foreach (var (id, intent, launch) in holders)
                CheckHolder(id, intent, launch);
            foreach (var (intent, launch) in _launches.Select(static one => (one.Key, one.Value)).Where(static one => one.Value.WasDenied))
            {
                if (_service.Rows.Find(one => one.Intent == intent) is { IsTerminated: false } row && !holders.Exists(one => one.Id == row.Id && one.Intent != intent))
                    Fail(row.Id + " is there, and its launch was denied");
            }
            CheckUnreported(ids, open);

            void Fail(string what) => failures.Add("seed " + _seed + ": " + what);

            static string Span(DateTimeOffset? at) => at is { } moment ? (moment.TimeOfDay.TotalSeconds % 10_000).ToString("0.0", CultureInfo.InvariantCulture) : "never";

            void CheckHolder(string id, Guid intent, Tracked launch)
            {
                var row = _service.Rows.Single(one => one.Id == id);
                // A person who closes a launch keeps its instance, whatever it costs.
                if (!_byHand.Contains(id) && (launch.WasOver != row.IsTerminated || (!row.IsTerminated && row.Price > launch.Limit)))
                    Fail(id + " costs " + row.Price + " under a limit of " + launch.Limit + ", terminated: " + row.IsTerminated);
                if (row.Intent is { } its && _launches[its].Store == launch.Store)
                {
                    // Equal launches are interchangeable, others are not.
                    if (its != intent && row.Spot != launch.Spot)
                        Fail(id + " was taken for a launch of another kind");
                    return;
                }
                // about_PulseRun_Launch names the one case that cannot be distinguished: the answer was lost, the launch did not happen, another customer's equal instance was created while it was under way (in whole seconds), and nothing else had been launched elsewhere.
                var (came, ended) = _service.Posts[intent];
                if (_cancelled.Contains(intent))
                    ended = null;
                // Of equal launches it may be another one that did not happen: it has this one's own then, or is open and names it (see CheckUnreported).
                bool isShared = open.Keys.Any(other => _launches[other].Store == launch.Store && _launches[other].Spot == launch.Spot);
                if (_service.Rows.Exists(one => one.Intent == intent && !ids.Contains(one.Id) && !isShared))
                    Fail(id + " is of another store, and the launch has its own: it came at " + Span(came) + ", ended at " + Span(ended) + ", its own was created at " + Span(_service.Rows.Find(one => one.Intent == intent)!.CreatedAt)
                        + ", the other's at " + Span(row.CreatedAt) + (_service.Cut.Contains(intent) ? ", cut" : "") + (_cancelled.Contains(intent) ? ", cancelled" : ""));
                var listed = _service.Listed(row);
                // Date and created_at are cut to seconds.
                if (listed < came.AddSeconds(-2.5) || listed > (ended ?? came.AddSeconds(10)).AddSeconds(2.6))
                    Fail(id + " is of another store, and not of that moment");
                // One that was itself taken for a launch of this store shows it nothing.
                if (_service.Rows.Exists(one => one != row && (one.Intent is not { } whose || _launches[whose].Store != launch.Store) && one.VisibleAt <= came && one.Spot == row.Spot
                    && !holders.Exists(holder => holder.Id == one.Id && holder.Launch.Store == launch.Store)))
                    Fail(id + " is of another store, and another such one was listed before");
                _test.Note("as documented");
                _test.Note("as documented, " + (_cancelled.Contains(intent) ? "cancelled" : _service.Lost[intent]));
                _test.Note(Second(row.CreatedAt) >= Second(came) && Second(row.CreatedAt) <= Second(ended ?? came.AddSeconds(10)) ? "as documented, in the seconds of the launch" : "as documented, in other seconds");

                static long Second(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerSecond;

                if (Environment.GetEnvironmentVariable("PULSERUN_WHY") is not null)
                    _test.Note("\nforeign: seed " + _seed + " under way " + ((ended ?? came.AddSeconds(30)) - came).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s" + (_cancelled.Contains(intent) ? ", cancelled" : "") + ", created after " + (row.CreatedAt - came).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s, launches of the store before " + _service.Posts.Count(one => one.Value.Came < came && _launches[one.Key].Store == launch.Store) + ", instances before " + _service.Rows.Count(one => one.VisibleAt < came));
                _test.Note(_service.Answered.Contains(intent) ? "as documented, answered" : "as documented, without an answer");
                _test.Note(row.CreatedAt >= came && row.CreatedAt <= (ended ?? came.AddSeconds(10)) ? "as documented, while it was under way" : "as documented, within the tolerance");
            }

            void CheckUnreported(HashSet<string> reported, Dictionary<Guid, LaunchRecord> open)
            {
                var free = new HashSet<Guid>(open.Keys);
                var rows = _service.Rows.Where(row => row is { Intent: not null, IsTerminated: false } && !reported.Contains(row.Id) && !_byHand.Contains(row.Id)).ToList();
                // One whose own launch is open is named by it; else an equal launch that is open has given its own away.
                foreach (var row in rows.OrderByDescending(row => free.Contains(row.Intent!.Value)).ToList())
                {
                    var its = _launches[row.Intent!.Value];
                    if (free.Remove(row.Intent!.Value))
                        continue;
                    var equal = free.FirstOrDefault(intent => _launches[intent].Store == its.Store && _launches[intent].Spot == its.Spot);
                    if (its.Ids.Count > 0 && equal != default && free.Remove(equal))
                        continue;
                    Fail(row.Id + " is lost: its launch was reported as " + string.Join(", ", its.Ids) + "; " + string.Join(" / ", _observer.Warnings));
                }
            }
        }
    }
}
