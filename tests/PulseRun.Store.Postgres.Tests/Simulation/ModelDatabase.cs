#if NET
using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Store;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>
/// A model of the statements, in memory, so that thousands of worlds take seconds. It proves nothing by itself: <see cref="BothDatabases"/> compares each of its answers with that of the statements.
/// </summary>
internal sealed class ModelDatabase : ISimulatedDatabase
{
    private static readonly TimeSpan s_aliveFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_afterAct = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestLease = TimeSpan.FromMinutes(10);
    private readonly List<Run> _runs = [];
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Asked> _asked = new(StringComparer.Ordinal);
    private long _token;

    public ISimulatedStore Store(int host, World world) => new HostStore(this, host, world);

    public bool Holds(World world, Guid run, string id) => _leases.TryGetValue(id, out Lease? lease) && lease.Run.Id == run && lease.ExpiresAt > world.Now;

    private Run? Find(Guid run) => _runs.Find(one => one.Id == run);

    private sealed class Run
    {
        public required Guid Id { get; init; }

        public required int Number { get; init; }

        public required int Host { get; init; }

        public required TimeSpan ActLease { get; init; }

        public DateTimeOffset AliveUntil { get; set; }

        public int? Ended { get; set; }

        public Dictionary<string, (long Token, DateTimeOffset Began)> Acts { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Lease
    {
        public required Run Run { get; init; }

        public required long Token { get; init; }

        public DateTimeOffset ExpiresAt { get; set; }
    }

    private sealed class Asked
    {
        public long? At { get; set; }

        public long? LeasedUntil { get; set; }
    }

    private sealed class HostStore(ModelDatabase database, int host, World world) : ISimulatedStore, ICleanupRuns, IReadingRequests
    {
        private TimeSpan _offset;
        private (DateTimeOffset Wall, DateTimeOffset True)? _measured;

        public ICleanupRuns Cleanups => this;

        public IReadingRequests ReadingRequests => this;

        public TimeSpan ClockOffset
        {
            get
            {
                if (_measured is not { } measured)
                    return _offset;
                TimeSpan step = world.ClockOf(host) - measured.Wall - (world.Now - measured.True);
                return step.Duration() > TimeSpan.FromSeconds(1) ? _offset - step : _offset;
            }
        }

        public void Begin(Guid run, string account = "", TimeSpan longestRequest = default)
        {
            DateTimeOffset now = Start();
            foreach (Run one in database._runs)
            {
                if (one.Ended is null && one.AliveUntil <= now)
                    one.Ended = database._runs.Count;
            }
            database._runs.Add(new Run { Id = run, Number = database._runs.Count + 1, Host = host, ActLease = longestRequest + s_margin, AliveUntil = now + s_aliveFor });
        }

        public bool TryAct(Guid run, string id, int max, string intent = "Stop")
        {
            DateTimeOffset now = Start();
            if (database.Find(run) is not { } mine)
                return false;
            if (mine.AliveUntil < now + s_aliveFor)
                mine.AliveUntil = now + s_aliveFor;
            mine.Ended = null;
            database._leases.TryGetValue(id, out Lease? lease);
            if (mine.Acts.TryGetValue(id, out (long Token, DateTimeOffset Began) held))
            {
                if (lease is null || lease.Token != held.Token)
                    return false;
                lease.ExpiresAt = now + mine.ActLease;
                return true;
            }
            int acts = database._runs.Sum(one => one.Number >= mine.Number || one.Ended >= mine.Number || (one.Ended is null && one.AliveUntil > now) ? one.Acts.Count
                : one.Host != host ? one.Acts.Values.Count(act => act.Began > now - TimeSpan.FromMinutes(1))
                : 0);
            if (acts >= max || (lease is not null && lease.ExpiresAt > now && !(lease.Run.Host == host && lease.Run.Ended is not null)))
                return false;
            database._leases[id] = new Lease { Run = mine, Token = ++database._token, ExpiresAt = now + mine.ActLease };
            mine.Acts[id] = (database._token, now);
            return true;
        }

        public bool IsGranted(Guid run, string id, TimeSpan within)
        {
            DateTimeOffset now = Start();
            return Held(run, id) is { } lease && lease.ExpiresAt - now >= lease.Run.ActLease - within;
        }

        public void Finish(Guid run, string id, string result)
        {
            DateTimeOffset now = Start();
            if (Held(run, id) is { } lease)
                lease.ExpiresAt = now + s_afterAct;
        }

        public void Release(Guid run, string id)
        {
            Start();
            if (Held(run, id) is not null)
                database._leases.Remove(id);
            database.Find(run)?.Acts.Remove(id);
        }

        public void End(Guid run)
        {
            DateTimeOffset now = Start();
            if (database.Find(run) is not { } mine)
                return;
            foreach (Lease lease in database._leases.Values)
            {
                if (lease.Run == mine && lease.ExpiresAt > now + s_afterAct)
                    lease.ExpiresAt = now + s_afterAct;
            }
            mine.Ended ??= database._runs.Count;
        }

        public IReadOnlyDictionary<string, ReadingRecord> All(string account)
        {
            Start();
            return new Dictionary<string, ReadingRecord>();
        }

        public IReadOnlyList<string> Lease(string account, IEnumerable<string> ids, int most, LeaseTime time)
        {
            Start();
            var leased = new List<string>();
            // The columns have milliseconds.
            long now = time.Now.ToUnixTimeMilliseconds(), notAskedSince = time.NotAskedSince.ToUnixTimeMilliseconds();
            foreach (string id in ids)
            {
                Asked asked = Row(id);
                if (leased.Count == most || !(asked.LeasedUntil is not { } until || until <= now || until > now + (long)s_longestLease.TotalMilliseconds) || !(asked.At is not { } at || at <= notAskedSince || at > now))
                    continue;
                asked.LeasedUntil = time.Until.ToUnixTimeMilliseconds();
                leased.Add(id);
            }
            return leased;
        }

        public void RecordMisses(string account, IReadOnlyCollection<string> ids, bool counts, DateTimeOffset now)
        {
            Start();
            foreach (string id in ids)
            {
                Asked asked = Row(id);
                asked.At = now.ToUnixTimeMilliseconds();
                asked.LeasedUntil = null;
            }
        }

        public void Keep(string account, string id, KeptReason reason, DateTimeOffset now) => throw new NotSupportedException();

        public bool TryWarnOverload(string account, DateTimeOffset now, TimeSpan every) => throw new NotSupportedException();

        public bool TryClaim(Guid run, string account, string id, TimeSpan validFor) => throw new NotSupportedException();

        public void ReleaseClaim(Guid run, string account, string id) => throw new NotSupportedException();

        public void RecordStop(string account, string id, DateTimeOffset at) => throw new NotSupportedException();

        public IReadOnlyList<CleanupStop> Stops(string account) => throw new NotSupportedException();

        /// <summary>Begins a transaction: measures the difference of the clocks, and returns the database's.</summary>
        private DateTimeOffset Start()
        {
            TimeSpan offset = world.Now - world.ClockOf(host);
            if (offset.Duration() > TimeSpan.FromMinutes(5))
                throw new StoreUnavailableException(StoreFailure.ClockSkew, "The clocks differ.");
            if ((offset - _offset).Duration() > TimeSpan.FromMilliseconds(200))
                _offset = offset;
            _measured = (world.ClockOf(host), world.Now);
            return world.Now;
        }

        private Asked Row(string id) => database._asked.TryGetValue(id, out Asked? row) ? row : database._asked[id] = new Asked();

        private Lease? Held(Guid run, string id) =>
            database.Find(run) is { } mine && mine.Acts.TryGetValue(id, out (long Token, DateTimeOffset Began) act) && database._leases.TryGetValue(id, out Lease? lease) && lease.Token == act.Token ? lease : null;
    }
}
#endif
