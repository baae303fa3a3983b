#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Npgsql;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.History;
using PulseRun.Core.Store;
using PulseRun.Store.Sqlite;
using PulseRun.Store.Tests;
using PulseRun.Tests.Shared;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Store.Postgres.Tests;

/// <summary>
/// Simulates three hosts that clean up one fleet with one database. The statements are the real ones; the database's clock is replaced by a simulated one, because clock_timestamp of the
/// schema "sim" is found before that of the server. At every step (lease, read, look, act, write) a seed decides whether the host pauses, loses its connection before or after the
/// database has worked, dies, or has its clock set. The same seed gives the same world.
/// </summary>
/// <remarks>PULSERUN_WORLDS is the number of worlds (12 by default), PULSERUN_SEED the first seed.</remarks>
public sealed class HostSimulationTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThreeHosts_NeverActTwice_NorAfterTheLease_NorBeyondMaxActions_NorReadTwiceInASlot()
    {
        using var machines = new Machines(System.IO.File.ReadAllText(_folder.File));
        int first = Number("PULSERUN_SEED", 1), worlds = Number("PULSERUN_WORLDS", 12);
        var sum = new Tally();
        for (int seed = first; seed < first + worlds; seed++)
        {
            var world = new World(seed, machines);
            world.Run();
            Assert.True(world.Violations.Count == 0, $"seed {seed}: {string.Join("; ", world.Violations)}\n{world.Trace}");
            sum.Add(world.Tally);
        }
        output.WriteLine(sum.ToString());
        // A simulation in which nothing happens proves nothing.
        Assert.True(sum.Acts >= worlds && sum.Reads >= worlds && sum.Refused >= worlds / 2 && sum.Disturbed >= worlds, sum.ToString());
    }

    /// <summary>The checks themselves are checked: without the lease the same worlds have double acts, and without the count too many.</summary>
    [Fact]
    public void WithoutTheContract_TheSameWorldsFail()
    {
        using var machines = new Machines(System.IO.File.ReadAllText(_folder.File));
        var found = new HashSet<string>();
        for (int seed = 1; seed <= 30 && found.Count < 3; seed++)
        {
            var world = new World(seed, machines) { IgnoresTheStore = true };
            world.Run();
            found.UnionWith(world.Violations.Select(static one => one.Split(':')[0]));
        }
        Assert.Superset(new HashSet<string> { "double act", "too many acts", "read twice" }, found);
    }

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;

    private sealed class Tally
    {
        public int Acts, Reads, Refused, Disturbed, Died;

        public void Add(Tally other)
        {
            Acts += other.Acts;
            Reads += other.Reads;
            Refused += other.Refused;
            Disturbed += other.Disturbed;
            Died += other.Died;
        }

        public override string ToString() => $"{Acts} acts, {Reads} readings, {Refused} acts refused by the store, {Disturbed} disturbances, {Died} hosts died";
    }

    /// <summary>Has the stores of three hosts, whose clocks and whose database's clock are simulated.</summary>
    private sealed class Machines : IDisposable
    {
        private readonly NpgsqlConnection _connection;

        public Machines(string text)
        {
            string name = new NpgsqlConnectionStringBuilder(text).Database!;
            PostgresCluster.Shared.Sql(name, """
                CREATE SCHEMA sim;
                CREATE TABLE sim.clock (now timestamptz NOT NULL);
                INSERT INTO sim.clock VALUES (now());
                CREATE FUNCTION sim.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT now FROM sim.clock';
                """);
            PostgresCluster.Shared.Sql(name, "ALTER DATABASE " + name + " SET search_path = sim, pg_catalog, public");
            NpgsqlConnection.ClearAllPools();
            _connection = new NpgsqlConnection(text);
            _connection.Open();
            Stores = [.. Enumerable.Range(0, 3).Select(i => new PostgresStore(text, null, new StoreLimits(), () => Clocks[i](), () => Steady()))];
        }

        public PostgresStore[] Stores { get; }

        /// <summary>Gets or sets the time that no host can set.</summary>
        public Func<TimeSpan> Steady { get; set; } = static () => TimeSpan.Zero;

        /// <summary>Gets the clocks of the hosts.</summary>
        public Func<DateTimeOffset>[] Clocks { get; } = new Func<DateTimeOffset>[3];

        public void Set(DateTimeOffset now) => Run("UPDATE sim.clock SET now = $1", now.UtcDateTime);

        public T? Ask<T>(string sql, params object[] values)
        {
            using NpgsqlCommand command = Command(sql, values);
            return command.ExecuteScalar() is T value ? value : default;
        }

        public void Run(string sql, params object[] values)
        {
            using NpgsqlCommand command = Command(sql, values);
            command.ExecuteNonQuery();
        }

        public void Dispose()
        {
            foreach (PostgresStore store in Stores)
                store.Dispose();
            _connection.Dispose();
        }

        private NpgsqlCommand Command(string sql, object[] values)
        {
            var command = new NpgsqlCommand(sql, _connection);
            foreach (object value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            return command;
        }
    }

    /// <summary>Contains the true state: the time, the fleet, and what arrived at the service.</summary>
    private sealed class World
    {
        private const int MaxActions = 3;
        private const int Instances = 5;
        private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(100);
        private static readonly TimeSpan s_slot = TimeSpan.FromSeconds(60);
        private readonly Random _random;
        private readonly Machines _machines;
        private readonly string _account;
        private readonly DateTimeOffset _start;
        private readonly List<Host> _hosts;
        private readonly Dictionary<string, (int Host, DateTimeOffset At)> _stopped = [];
        private readonly List<(DateTimeOffset At, Action Arrive)> _onTheWay = [];
        private readonly List<DateTimeOffset> _sent = [];
        private readonly HashSet<(Guid Run, string Id)> _begun = [];
        private readonly Dictionary<string, Reading> _reads = [];
        private DateTimeOffset _now;

        public World(int seed, Machines machines)
        {
            _random = new Random(seed);
            _machines = machines;
            machines.Steady = () => _now - DateTimeOffset.UnixEpoch;
            _account = "world-" + seed.ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N");
            _start = _now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddDays(seed);
            _hosts = [.. Enumerable.Range(1, 3).Select(i => new Host(this, i))];
        }

        public List<string> Violations { get; } = [];

        public StringBuilder Trace { get; } = new();

        public Tally Tally { get; } = new();

        /// <summary>Gets or sets a value that makes hosts act whatever the store says.</summary>
        public bool IgnoresTheStore { get; set; }

        public void Run()
        {
            try
            {
                for (int steps = 0; steps < 2000; steps++)
                {
                    Host? next = _hosts.Where(static host => !host.IsOver).MinBy(static host => (host.At, host.Number));
                    DateTimeOffset? arrival = _onTheWay.Count > 0 ? _onTheWay.Min(static one => one.At) : null;
                    if (next is null && arrival is null)
                        return;
                    if (arrival is { } at && (next is null || at <= next.At))
                    {
                        MoveTo(at);
                        (DateTimeOffset, Action Arrive) request = _onTheWay.First(one => one.At == at);
                        _onTheWay.Remove(request);
                        request.Arrive();
                    }
                    else
                    {
                        MoveTo(next!.At);
                        next.Step();
                    }
                }
                Violations.Add("never ends: ");
            }
            finally
            {
                _hosts.ForEach(static host => host.Dispose());
            }
        }

        private void MoveTo(DateTimeOffset time)
        {
            if (time > _now)
                _now = time;
            _machines.Set(_now);
        }

        private void Log(Host host, string what) => Trace.AppendLine(FormattableString.Invariant($"{(_now - _start).TotalSeconds,8:0.0} host{host.Number} {what}"));

        private bool Once(int outOf) => _random.Next(outOf) == 0;

        private TimeSpan UpTo(double seconds) => TimeSpan.FromMilliseconds((long)(_random.NextDouble() * seconds * 1000));

        private void Send(Host host, Guid run, string id, Action<bool> answer)
        {
            Tally.Acts++;
            // A repetition in the same run is no further act.
            if (_begun.Add((run, id)))
                _sent.Add(_now);
            int recent = _sent.Count(at => at > _now - TimeSpan.FromSeconds(50));
            if (recent > MaxActions)
                Violations.Add("too many acts: " + recent + " in a minute");
            bool isLost = Once(12);
            TimeSpan delay = Once(6) ? UpTo(s_requestTimeout.TotalSeconds) : UpTo(2);
            // The answer of a request whose connection was cut never arrives; the host waits for its timeout.
            if (!isLost)
                _onTheWay.Add((_now + delay, () => Arrive(host, run, id)));
            host.At = isLost ? _now + s_requestTimeout : _now + delay;
            answer(!isLost && !Once(10));
        }

        private void Arrive(Host host, Guid run, string id)
        {
            Log(host, "stop of " + id + " arrives");
            if (_stopped.TryGetValue(id, out (int Host, DateTimeOffset At) before) && before.Host != host.Number)
                Violations.Add("double act: " + id + " by host" + before.Host + " and host" + host.Number);
            if (!_stopped.ContainsKey(id))
                _stopped[id] = (host.Number, _now);
            if (!IgnoresTheStore && !_machines.Ask<bool>("SELECT l.run = $3 AND l.expires_at > $4 FROM pulserun.lease l JOIN pulserun.account a ON a.id = l.account WHERE a.digest = $1 AND l.instance = $2", _account, id, run, _now.UtcDateTime))
                Violations.Add("after the lease: " + id + " by host" + host.Number);
        }

        private void Read(Host host, string id, DateTimeOffset leasedUntil)
        {
            Log(host, "reads " + id);
            Tally.Reads++;
            // A reading that never reached the store is taken again when its lease is over.
            if (_reads.TryGetValue(id, out Reading? before) && _now - before.At < s_slot - TimeSpan.FromSeconds(1) && (before.IsRecorded || _now < before.LeasedUntil))
                Violations.Add("read twice: " + id + " after " + (_now - before.At).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s");
            _reads[id] = new Reading(_now, leasedUntil);
        }

        private sealed record Reading(DateTimeOffset At, DateTimeOffset LeasedUntil)
        {
            public bool IsRecorded { get; set; }
        }

        /// <summary>Does what a host does, step by step, as CleanupRunner and CleanupActs do.</summary>
        private sealed class Host : IDisposable
        {
            private readonly World _world;
            private readonly PostgresStore _store;
            private readonly IEnumerator<string> _steps;
            private TimeSpan _clockOff;

            public Host(World world, int number)
            {
                _world = world;
                Number = number;
                _store = world._machines.Stores[number - 1];
                world._machines.Clocks[number - 1] = () => world._now + _clockOff;
                At = world._now + world.UpTo(20);
                _steps = Runs().GetEnumerator();
            }

            public int Number { get; }

            public DateTimeOffset At { get; set; }

            public bool IsOver { get; private set; }

            private DateTimeOffset Now => _world._now + _clockOff + _store.ClockOffset;

            public void Step()
            {
                At = _world._now;
                if (!_steps.MoveNext())
                {
                    IsOver = true;
                    return;
                }
                _world.Log(this, _steps.Current);
                // What happens between this step and the next one.
                At = At > _world._now ? At : _world._now + _world.UpTo(1);
                if (_world.Once(25))
                {
                    _world.Tally.Disturbed++;
                    TimeSpan pause = _world.UpTo(_world.Once(2) ? 400 : 12);
                    _world.Log(this, FormattableString.Invariant($"pauses {pause.TotalSeconds:0.0} s"));
                    At += pause;
                }
                if (_world.Once(40))
                {
                    _world.Tally.Disturbed++;
                    _clockOff = TimeSpan.FromSeconds(_world._random.Next(-700, 700));
                    _world.Log(this, "has its clock set by " + _clockOff);
                }
                if (_world.Once(90))
                {
                    _world.Tally.Disturbed++;
                    _world.Tally.Died++;
                    _world.Log(this, "dies");
                    IsOver = true;
                }
            }

            public void Dispose() => _steps.Dispose();

            private IEnumerable<string> Runs()
            {
                for (int i = 0; i < 2; i++)
                {
                    foreach (string step in Cleanup())
                        yield return step;
                    At = _world._now + _world.UpTo(60);
                    yield return "waits for its next run";
                }
            }

            private IEnumerable<string> Cleanup()
            {
                Guid run = Guid.NewGuid();
                if (!Try(store => store.Cleanups.Begin(run, _world._account, s_requestTimeout)))
                {
                    yield return "has no store";
                    yield break;
                }
                // The runs are those of three machines, while all of them are in this process.
                _world._machines.Run("UPDATE pulserun.cleanup_run SET host = $2, owner = $2 || '@x|1|y' WHERE run = $1", run, "host" + Number);
                yield return "begins";

                string[] order = [.. Enumerable.Range(1, Instances).Select(static i => "inst_" + i).OrderBy(_ => _world._random.Next())];
                IReadOnlyList<string> leased = [];
                DateTimeOffset readBefore = _world._now + TimeSpan.FromSeconds(30);
                if (!Try(store => store.ReadingRequests.All(_world._account)) || !Try(store => leased = store.ReadingRequests.Lease(_world._account, order, 3, new LeaseTime(Now, Now + TimeSpan.FromSeconds(30), Now - s_slot))))
                {
                    yield return "has no store";
                    yield break;
                }
                if (_world.IgnoresTheStore)
                    leased = order;
                yield return "leases " + string.Join(' ', leased);
                foreach (string id in leased)
                {
                    if (_world._now >= readBefore)
                        break;
                    _world.Read(this, id, readBefore);
                    Reading taken = _world._reads[id];
                    yield return "has read " + id;
                    Try(store =>
                    {
                        store.ReadingRequests.RecordMisses(_world._account, [id], counts: false, Now);
                        taken.IsRecorded = true;
                    });
                    yield return "records " + id;
                }
                foreach (string id in order)
                {
                    foreach (string step in Act(run, id))
                        yield return step;
                }
                Try(store => store.Cleanups.End(run));
                yield return "ends";
            }

            private IEnumerable<string> Act(Guid run, string id)
            {
                for (int look = 1; look <= 2; look++)
                {
                    DateTimeOffset looked = _world._now;
                    bool isRunning = !_world._stopped.ContainsKey(id);
                    At = _world._now + _world.UpTo(2);
                    yield return "looks at " + id + (isRunning ? "" : ": stopped");
                    if (!isRunning)
                        yield break;
                    bool isGranted = false;
                    bool isThere = Try(store => isGranted = store.Cleanups.TryAct(run, id, MaxActions));
                    if (!_world.IgnoresTheStore && !(isThere && isGranted))
                    {
                        _world.Tally.Refused++;
                        yield return id + " is refused";
                        yield break;
                    }
                    yield return "may act on " + id;
                    // The window of the look is checked right before the request is sent.
                    if (_world._now - looked >= ActWindow.ForCleanup)
                    {
                        if (look == 2)
                            Try(store => store.Cleanups.Release(run, id));
                        yield return "the look is too old";
                        continue;
                    }
                    bool isAnswered = false;
                    _world.Send(this, run, id, answer => isAnswered = answer);
                    yield return "sends the stop of " + id;
                    if (isAnswered)
                    {
                        Try(store => store.Cleanups.Finish(run, id, "Stop"));
                        yield return "writes the result of " + id;
                        yield break;
                    }
                    At = _world._now + TimeSpan.FromSeconds(1);
                    yield return "has no answer for " + id;
                }
            }

            /// <summary>Uses the store. The connection may be cut before the database has worked or after it.</summary>
            private bool Try(Action<IStore> work)
            {
                int cut = _world._random.Next(40);
                try
                {
                    if (cut != 0)
                        work(_store);
                }
                catch (StoreUnavailableException error)
                {
                    _world.Log(this, error.Reason.ToString());
                    if (error.Reason != StoreFailure.ClockSkew)
                        throw;
                    // An administrator sets the clock right after a while.
                    if (_world.Once(3))
                        _clockOff = TimeSpan.Zero;
                    return false;
                }
                if (cut > 1)
                    return true;
                _world.Tally.Disturbed++;
                _world.Log(this, cut == 0 ? "is cut off before" : "is cut off after");
                return false;
            }
        }
    }
}
#endif
