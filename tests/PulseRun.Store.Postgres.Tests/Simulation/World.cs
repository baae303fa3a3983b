#if NET
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PulseRun.Store.Postgres.Tests.Simulation;

/// <summary>Contains the true state: the time, the fleet, and what arrived at the service. All that happens is decided by the seed.</summary>
internal sealed class World
{
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(100);
    public static readonly TimeSpan Slot = TimeSpan.FromSeconds(60);
    private readonly Random _random;
    private readonly ISimulatedDatabase _database;
    private readonly DateTimeOffset _start;
    private readonly List<SimulatedHost> _hosts;
    private readonly Dictionary<string, (int Host, DateTimeOffset At)> _stopped = [];
    private readonly List<(DateTimeOffset At, Action Arrive)> _onTheWay = [];
    private readonly Dictionary<Guid, RunOfHost> _runs = [];
    private readonly Dictionary<string, Reading> _reads = [];
    private readonly StringBuilder? _trace;

    /// <param name="seed">Decides everything.</param>
    /// <param name="database">The database.</param>
    /// <param name="traces">True to keep what happens, for a world that failed.</param>
    public World(int seed, ISimulatedDatabase database, bool traces = false)
    {
        _random = new Random(seed);
        _database = database;
        _trace = traces ? new StringBuilder() : null;
        Account = "world-" + seed.ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N");
        _start = Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddDays(seed % 20_000);
        Instances = 2 + _random.Next(4);
        MaxActions = 1 + _random.Next(3);
        _hosts = [.. Enumerable.Range(1, 3).Select(i => new SimulatedHost(this, i, 1 + _random.Next(2)))];
        foreach (SimulatedHost host in _hosts)
            host.Store = database.Store(host.Number, this);
    }

    public DateTimeOffset Now { get; private set; }

    public string Account { get; }

    public int Instances { get; }

    public int MaxActions { get; }

    public List<string> Violations { get; } = [];

    public string Trace => _trace?.ToString() ?? "";

    public Tally Tally { get; } = new();

    /// <summary>Gets or sets a value that makes hosts act whatever the store says.</summary>
    public bool IgnoresTheStore { get; set; }

    /// <summary>Returns the clock of a host, which may be wrong.</summary>
    public DateTimeOffset ClockOf(int host) => Now + _hosts[host - 1].ClockOff;

    public void Run()
    {
        for (int steps = 0; steps < 2000; steps++)
        {
            SimulatedHost? next = null;
            foreach (SimulatedHost host in _hosts)
            {
                if (!host.IsOver && (next is null || host.At < next.At))
                    next = host;
            }
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

    public void Log(SimulatedHost host, string what) => _trace?.AppendLine(FormattableString.Invariant($"{(Now - _start).TotalSeconds,8:0.0} host{host.Number} {what}"));

    public bool Once(int outOf) => _random.Next(outOf) == 0;

    public int Next(int below) => _random.Next(below);

    public TimeSpan UpTo(double seconds) => TimeSpan.FromMilliseconds((long)(_random.NextDouble() * seconds * 1000));

    public bool IsStopped(string id) => _stopped.ContainsKey(id);

    public Guid NewRun()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public void Begin(SimulatedHost host, Guid run) => _runs[run] = new RunOfHost(host.Number) { LastSign = Now };

    /// <summary>Records that a run has given the store a sign of life.</summary>
    public void Sign(Guid run) => _runs[run].LastSign = Now;

    /// <summary>Records that a run has ended, or its host has died.</summary>
    public void End(Guid run) => _runs[run].IsOver = true;

    /// <summary>Records that a host may act, and checks the limit: all acts of the runs that are active count together, and those that other hosts have begun shortly before.</summary>
    public void Grant(Guid run, string id)
    {
        RunOfHost mine = _runs[run];
        // A repetition in the same run is no further act.
        if (!mine.Acts.TryAdd(id, Now))
            return;
        // A run without a sign of life for five minutes counts as over. When it wakes, it counts again.
        int active = _runs.Values.Where(one => !one.IsOver && Now - one.LastSign < TimeSpan.FromMinutes(5)).Sum(static one => one.Acts.Count);
        int recent = mine.Acts.Count + _runs.Values.Where(one => one.Host != mine.Host).Sum(one => one.Acts.Values.Count(at => at > Now - TimeSpan.FromSeconds(60)));
        if (Math.Max(active, recent) > MaxActions)
            Violations.Add("too many acts: " + Math.Max(active, recent) + " instead of " + MaxActions);
    }

    public void Release(Guid run, string id) => _runs[run].Acts.Remove(id);

    public void Send(SimulatedHost host, Guid run, string id, Action<bool> answer)
    {
        Tally.Acts++;
        bool isLost = Once(12);
        TimeSpan delay = Once(6) ? UpTo(RequestTimeout.TotalSeconds) : UpTo(2);
        // The answer of a request whose connection was cut never arrives; the host waits for its timeout.
        if (!isLost)
            _onTheWay.Add((Now + delay, () => Arrive(host, run, id)));
        host.At = isLost ? Now + RequestTimeout : Now + delay;
        answer(!isLost && !Once(10));
    }

    public Reading Read(SimulatedHost host, string id, DateTimeOffset leasedAt, DateTimeOffset leasedUntil)
    {
        Log(host, "reads " + id);
        Tally.Reads++;
        // A reading that has not reached the store is taken again when its lease is over, also if it reaches the store after the next lease was granted.
        if (_reads.TryGetValue(id, out Reading? before) && Now - before.At < Slot - TimeSpan.FromSeconds(1) && (before.RecordedAt <= leasedAt || Now < before.LeasedUntil))
            Violations.Add("read twice: " + id + " after " + (Now - before.At).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s");
        return _reads[id] = new Reading(Now, leasedUntil);
    }

    private void MoveTo(DateTimeOffset time)
    {
        if (time > Now)
            Now = time;
    }

    private void Arrive(SimulatedHost host, Guid run, string id)
    {
        Log(host, "stop of " + id + " arrives");
        if (_stopped.TryGetValue(id, out (int Host, DateTimeOffset At) before) && before.Host != host.Number)
            Violations.Add("double act: " + id + " by host" + before.Host + " and host" + host.Number);
        if (!_stopped.ContainsKey(id))
            _stopped[id] = (host.Number, Now);
        if (!IgnoresTheStore && !_database.Holds(this, run, id))
            Violations.Add("after the lease: " + id + " by host" + host.Number);
    }

    internal sealed record Reading(DateTimeOffset At, DateTimeOffset LeasedUntil)
    {
        public DateTimeOffset? RecordedAt { get; set; }
    }

    /// <param name="Host">The host.</param>
    private sealed record RunOfHost(int Host)
    {
        public bool IsOver { get; set; }

        public DateTimeOffset LastSign { get; set; }

        public Dictionary<string, DateTimeOffset> Acts { get; } = [];
    }
}
#endif
