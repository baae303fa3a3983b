using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Tests.Idle;

/// <summary>Simulates a fleet that is read once a minute in the reading order, each reading at its place in the minute.</summary>
internal sealed class ReadingFleet
{
    private readonly IdleRule _rule;
    private readonly DateTimeOffset _start;
    private readonly Func<int, double, bool> _isBusy;
    private readonly List<Instance> _instances;
    private readonly Dictionary<string, int> _index = [];
    private readonly List<Reading>[] _readings;

    /// <summary>Creates a fleet.</summary>
    /// <param name="rule">The idle rule.</param>
    /// <param name="start">The time of minute 0.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="isBusy">Returns whether an instance works at a minute.</param>
    public ReadingFleet(IdleRule rule, DateTimeOffset start, IEnumerable<Instance> instances, Func<int, double, bool> isBusy)
    {
        _rule = rule;
        _start = start;
        _isBusy = isBusy;
        _instances = instances.ToList();
        _readings = _instances.Select(static _ => new List<Reading>()).ToArray();
        for (int i = 0; i < _instances.Count; i++)
            _index[_instances[i].Id] = i;
    }

    /// <summary>Gets the minute of the first low reading after the last busy one, by instance.</summary>
    public Dictionary<int, double> FirstLow { get; } = [];

    public static Instance Make(string id, DateTimeOffset started) => new() { Id = id, Status = "running", CostPerHour = 1, StartedAt = started };

    public ReadingPlan Plan(int minute, int budget, Random? shuffle = null)
    {
        IEnumerable<Instance> instances = shuffle is null ? _instances : _instances.OrderBy(_ => shuffle.Next());
        var records = new Dictionary<string, ReadingRecord>();
        for (int i = 0; i < _instances.Count; i++)
            records[_instances[i].Id] = new ReadingRecord { LastRead = _readings[i].Count == 0 ? null : _readings[i][^1].At, Readings = _readings[i] };
        return ReadingOrder.Choose(instances, records, _rule, _start.AddMinutes(minute), budget);
    }

    /// <summary>Takes the readings of one minute, and returns their number.</summary>
    public int Tick(int minute, int budget)
    {
        IReadOnlyList<Instance> chosen = Plan(minute, budget).Chosen;
        foreach (Instance one in chosen)
        {
            int i = _index[one.Id];
            double at = minute + ReadingOrder.Place(one.Id, _start.AddMinutes(minute)).TotalMinutes;
            bool isBusy = _isBusy(i, at);
            if (isBusy)
                FirstLow.Remove(i);
            else
                FirstLow.TryAdd(i, at);
            // Readings before the window do not matter, and a day of them would be slow.
            if (_readings[i].Count > 600)
                _readings[i].RemoveRange(0, 300);
            _readings[i].Add(new Reading(_start.AddMinutes(at), isBusy ? 80 : 0, null, 0, false, null));
        }
        return chosen.Count;
    }

    public IdleVerdict Judge(int index, double minute) => IdleDecision.Decide(_instances[index], _readings[index].Where(one => one.At >= _rule.HistorySince(_start.AddMinutes(minute))).ToList(), _rule, _start.AddMinutes(minute));
}
