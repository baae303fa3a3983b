using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Bench.Libraries;

/// <summary>
/// Simulates a fleet of constant size under a cleanup that runs each minute: it chooses readings, takes each at its place in the minute, judges by the idle rule, and stops what is idle.
/// A stopped instance is replaced by a new one with a new job. A detector that knows everything would stop each instance exactly one window after its last job.
/// </summary>
internal sealed class SimulatedFleet
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IdleRule _rule = new();
    private readonly FleetMix _mix;
    private readonly int _budget;
    private readonly bool _inTurns;
    private readonly Random _random;
    private readonly Machine[] _machines;
    private readonly Dictionary<string, Machine> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadingRecord> _records = new(StringComparer.Ordinal);
    private readonly List<double> _delays = [];
    private int _made;
    private int _wrong;
    private double _paid;
    private double _needed;

    public SimulatedFleet(FleetMix mix, int count, int budget, bool inTurns, int seed)
    {
        (_mix, _budget, _inTurns) = (mix, budget, inTurns);
        _random = new Random(seed * 7919 + count);
        _machines = new Machine[count];
        for (int i = 0; i < count; i++)
        {
            // The fleet has existed for long: each machine is met in the middle of a job.
            double length = JobLengths.UnderWay(_random, mix.From), age = length * _random.NextDouble();
            _machines[i] = Make(-age, length);
        }
    }

    /// <summary>Simulates a number of days after six hours that do not count.</summary>
    public Result Run(double days)
    {
        const int WarmUp = 6 * 60;
        int minutes = (int)(days * 24 * 60) + WarmUp;
        long readings = 0;
        for (int minute = 0; minute < minutes; minute++)
        {
            int taken = Read(minute);
            if (minute >= WarmUp)
                readings += taken;
            Stop(minute + 1, counts: minute >= WarmUp);
        }
        // Those that are idle now and not yet found cost money, too.
        foreach (Machine one in _machines)
        {
            one.IsBusy(minutes, _mix, _random);
            double idle = minutes - one.IdleFrom(minutes);
            if (one.EndsFinally(minutes) && idle > _rule.For.TotalMinutes)
                Count(one, idle);
        }
        double[] delays = _delays.Order().ToArray();
        return new Result(
            _machines.Length,
            delays.Length == 0 ? 0 : delays[delays.Length / 2],
            delays.Length == 0 ? 0 : delays[delays.Length * 95 / 100],
            _needed == 0 ? 1 : _paid / _needed,
            (double)readings / (minutes - WarmUp),
            _wrong * 100 / (_machines.Length * days),
            delays.Length);
    }

    private int Read(int minute)
    {
        IReadOnlyList<Instance> chosen = _inTurns
            ? _machines.OrderBy(static one => one.Last).ThenBy(static one => one.Instance.Id, StringComparer.Ordinal).Take(_budget).Select(static one => one.Instance).ToList()
            : ReadingOrder.Choose(_machines.Select(static one => one.Instance), _records, _rule, s_start.AddMinutes(minute), _budget).Chosen;
        foreach (Instance instance in chosen)
        {
            Machine one = _byId[instance.Id];
            double at = minute + ReadingOrder.Place(instance.Id, s_start.AddMinutes(minute)).TotalMinutes;
            one.Add(new Reading(s_start.AddMinutes(at), one.IsBusy(at, _mix, _random) ? 90 : 0, null, 0, false, null), at, _rule);
            _records[instance.Id] = new ReadingRecord { LastRead = s_start.AddMinutes(at), Readings = one.Readings };
        }
        return chosen.Count;
    }

    private void Stop(int minute, bool counts)
    {
        DateTimeOffset now = s_start.AddMinutes(minute);
        for (int i = 0; i < _machines.Length; i++)
        {
            Machine one = _machines[i];
            if (one.LowInARow < _rule.MinSamples || IdleDecision.Decide(one.Instance, one.Readings, _rule, now).Verdict != Verdict.Idle)
                continue;
            // The second look.
            if (one.IsBusy(minute, _mix, _random))
                continue;
            if (counts)
            {
                if (one.EndsFinally(minute))
                    Count(one, minute - one.IdleFrom(minute));
                else
                    _wrong++;
            }
            _byId.Remove(one.Instance.Id);
            _records.Remove(one.Instance.Id);
            _machines[i] = Make(minute, _mix.Job(_random));
        }
    }

    private void Count(Machine one, double idle)
    {
        _delays.Add(idle);
        _paid += one.Price * idle;
        _needed += one.Price * _rule.For.TotalMinutes;
    }

    private Machine Make(double start, double length)
    {
        var one = new Machine("inst_" + _made++.ToString("x6", System.Globalization.CultureInfo.InvariantCulture), start, length, FleetMix.Price(_random));
        _byId[one.Instance.Id] = one;
        return one;
    }

    /// <summary>Represents the result of a simulation.</summary>
    /// <param name="Count">The size of the fleet.</param>
    /// <param name="MedianDelay">The median time from the last job to the stop, in minutes.</param>
    /// <param name="P95Delay">The time within which 95 % were stopped.</param>
    /// <param name="Regret">The dollars from the last job to the stop, by those of exactly the window.</param>
    /// <param name="ReadingsPerMinute">The readings taken.</param>
    /// <param name="WrongPer100Days">The stops in a pause before another job, per 100 instance-days.</param>
    /// <param name="Stops">The number of stops that were measured.</param>
    internal sealed record Result(int Count, double MedianDelay, double P95Delay, double Regret, double ReadingsPerMinute, double WrongPer100Days, int Stops);

    /// <summary>Represents one instance and its jobs.</summary>
    private sealed class Machine(string id, double start, double length, double price)
    {
        private double _jobEnd = start + length;
        private double? _nextJob;
        private bool _decided;

        public Instance Instance { get; } = new() { Id = id, Status = "running", CostPerHour = (decimal)price, StartedAt = s_start.AddMinutes(start) };

        public double Price { get; } = price;

        public List<Reading> Readings { get; } = [];

        public double Last { get; private set; } = double.NegativeInfinity;

        public int LowInARow { get; private set; }

        public void Add(in Reading reading, double at, IdleRule rule)
        {
            Readings.Add(reading);
            Last = at;
            LowInARow = reading.PeakGpu > 0 ? 0 : LowInARow + 1;
            DateTimeOffset from = rule.HistorySince(reading.At);
            while (Readings[0].At < from)
                Readings.RemoveAt(0);
        }

        /// <summary>Returns whether a job runs; begins the jobs that are due.</summary>
        public bool IsBusy(double at, FleetMix mix, Random random)
        {
            while (true)
            {
                if (at < _jobEnd)
                    return true;
                if (!_decided)
                {
                    _decided = true;
                    _nextJob = random.NextDouble() < mix.Continues ? _jobEnd + mix.Pause(random) : null;
                }
                if (_nextJob is not { } next || at < next)
                    return false;
                (_jobEnd, _nextJob, _decided) = (next + mix.Job(random), null, false);
            }
        }

        /// <summary>Returns true when the last job has ended, as far as a reading has met it.</summary>
        public bool EndsFinally(double at) => at >= _jobEnd && _decided && _nextJob is null;

        public double IdleFrom(double at) => Math.Min(at, _jobEnd);
    }
}
