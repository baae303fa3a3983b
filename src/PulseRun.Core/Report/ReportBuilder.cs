using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>Builds a report. Readings are added one by one and not kept, so the memory for an instance does not grow with their number.</summary>
internal sealed class ReportBuilder(DateTimeOffset since, DateTimeOffset until, IdleRule rule)
{
    /// <summary>The number of points of the cost chart: one for each hour of a week.</summary>
    private const int BurnBuckets = 168;

    /// <summary>The number of points of a load chart, as many as its width in the report can show.</summary>
    private const int Buckets = 112;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private IReadOnlyList<Instance>? _fleet;
    private bool _hasStates;
    private long _readings;

    /// <summary>Adds the recorded states, by instance and in time order.</summary>
    public void AddStates(IEnumerable<RecordedState> states)
    {
        foreach (RecordedState state in states)
        {
            // The instance was already gone before the start of the report.
            if (state.LastSeen < since && state.Status is null)
                continue;
            EntryOf(state.Id).States.Add(state);
            _hasStates = true;
        }
    }

    /// <summary>Adds the present list.</summary>
    public void AddFleet(IReadOnlyList<Instance> fleet)
    {
        _fleet = fleet;
        foreach (Instance instance in fleet)
            EntryOf(instance.Id).Listed = instance;
    }

    /// <summary>Adds one reading, in time order.</summary>
    public void Add(InstanceMetrics reading)
    {
        if (reading.SampledAt < since || reading.SampledAt > until)
            return;
        Reading sample = Reading.From(reading);
        _readings++;
        Entry entry = EntryOf(reading.Id);
        entry.Meter.Add(sample);
        if (sample.PeakGpu is { } gpu)
            (entry.Load ??= new LoadBuckets(since, until, Buckets)).Add(sample.At, gpu);
    }

    /// <summary>Returns the report.</summary>
    /// <param name="account">The profile and the address, for the reader.</param>
    /// <param name="top">The number of instances with a line of their own.</param>
    public FleetReport Build(string account, int top)
    {
        decimal[] burned = new decimal[BurnBuckets];
        var lines = new List<(ReportLine Line, LoadBuckets? Load)>(_entries.Count);
        foreach (KeyValuePair<string, Entry> entry in _entries)
        {
            decimal? price = PriceOf(entry.Value);
            IReadOnlyList<BurnStretch> stretches = BurnStretches.WithReadings(
                BurnStretches.Of(entry.Value.States, entry.Value.Listed, since, until), entry.Value.States, entry.Value.Meter.Read, price);
            Spread(stretches, burned);
            ReportLine line = Line(entry.Key, entry.Value, stretches, price);
            // Omit instances that were neither billed nor read.
            if (line.Burned > TimeSpan.Zero || entry.Value.Load is not null)
                lines.Add((line, entry.Value.Load));
        }
        lines.Sort(static (a, b) => ByCost(a.Line, b.Line));
        List<ReportLine> rest = lines.Skip(top).Select(static one => one.Line).ToList();
        return new FleetReport
        {
            Since = since,
            Until = until,
            Account = account,
            Rule = rule,
            IsListed = _fleet is not null,
            BurnNow = _fleet is null ? null : PulseRun.Core.Cost.Burn.Of(_fleet.Where(static one => one.CostPerHour is null || BurnStretches.IsPrice(one.CostPerHour))).PerHour,
            Burn = Points(burned),
            Lines = lines.Take(top).Select(static one => one.Line with { Load = one.Load?.Points() ?? [] }).ToList(),
            Others = rest.Count > 0 ? Sum(rest) : null,
            OtherCount = rest.Count,
            Total = Sum(lines.Select(static one => one.Line)),
            Readings = _readings,
            IsEmpty = !_hasStates && _readings == 0,
        };
    }

    private static int ByCost(ReportLine a, ReportLine b)
    {
        int order = b.Cost.CompareTo(a.Cost);
        if (order == 0)
            order = b.IdleCost.CompareTo(a.IdleCost);
        if (order == 0)
            order = b.Burned.CompareTo(a.Burned);
        return order == 0 ? string.CompareOrdinal(a.Id, b.Id) : order;
    }

    private ReportLine Line(string id, Entry entry, IReadOnlyList<BurnStretch> stretches, decimal? price)
    {
        RecordedState? last = entry.States.LastOrDefault(static state => state.Status is not null);
        DateTimeOffset? idleSince = InstanceStatus.Is(entry.Listed?.Status, InstanceStatus.Running) ? entry.Meter.IdleSince(until) : null;
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> idle = entry.Meter.Finish();
        return new ReportLine
        {
            Id = id,
            Gpu = entry.Listed?.Gpu ?? last?.Gpu,
            Provider = entry.Listed?.Provider ?? last?.Provider,
            Region = entry.Listed?.Region ?? last?.Region,
            Status = entry.Listed?.Status,
            Price = price,
            Burned = Total(stretches.Select(static stretch => stretch.To - stretch.From)),
            Cost = stretches.Sum(static stretch => stretch.CostWithin(stretch.From, stretch.To)),
            Covered = Inside(entry.Meter.Read, stretches),
            // Recorded states take precedence: time recorded as stopped is not idle time, whatever the readings show.
            Idle = Inside(idle, stretches),
            IdleSince = idleSince,
            IdleCost = idle.Sum(rest => stretches.Sum(stretch => stretch.CostWithin(rest.From, rest.To))),
            MeanGpu = entry.Load?.Mean,
            PeakGpu = entry.Load?.Peak,
        };
    }

    /// <summary>Returns the latest known price; null when there is none.</summary>
    private static decimal? PriceOf(Entry entry) => BurnStretches.IsPrice(entry.Listed?.CostPerHour)
        ? entry.Listed!.CostPerHour
        : entry.States.LastOrDefault(static state => BurnStretches.IsPrice(state.CostPerHour))?.CostPerHour;

    private static TimeSpan Inside(IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> times, IReadOnlyList<BurnStretch> stretches) =>
        Total(times.SelectMany(time => stretches.Select(stretch => stretch.Within(time.From, time.To))));

    private void Spread(IReadOnlyList<BurnStretch> stretches, decimal[] burned)
    {
        foreach (BurnStretch stretch in stretches)
        {
            if (stretch.Price is null)
                continue;
            for (int i = BucketOf(stretch.From); i <= BucketOf(stretch.To); i++)
                burned[i] += stretch.CostWithin(StartOf(i), StartOf(i + 1));
        }
    }

    private int BucketOf(DateTimeOffset at) => Math.Min(BurnBuckets - 1, (int)((double)(at - since).Ticks / (until - since).Ticks * BurnBuckets));

    private DateTimeOffset StartOf(int bucket) => bucket == BurnBuckets ? until : since + TimeSpan.FromTicks((until - since).Ticks / BurnBuckets * bucket);

    private List<BurnPoint> Points(decimal[] burned) =>
        burned.Select((cost, i) => new BurnPoint(StartOf(i), cost * TimeSpan.TicksPerHour / (StartOf(i + 1) - StartOf(i)).Ticks)).ToList();

    private static ReportLine Sum(IEnumerable<ReportLine> lines)
    {
        var sum = new ReportLine { Id = "" };
        foreach (ReportLine line in lines)
        {
            sum = sum with
            {
                Burned = sum.Burned + line.Burned,
                Cost = sum.Cost + line.Cost,
                Covered = sum.Covered + line.Covered,
                Idle = sum.Idle + line.Idle,
                IdleCost = sum.IdleCost + line.IdleCost,
            };
        }
        return sum;
    }

    private static TimeSpan Total(IEnumerable<TimeSpan> parts) => new(parts.Sum(static part => part.Ticks));

    private Entry EntryOf(string id)
    {
        if (!_entries.TryGetValue(id, out Entry? entry))
            _entries.Add(id, entry = new Entry(rule));
        return entry;
    }

    private sealed class Entry(IdleRule rule)
    {
        public List<RecordedState> States { get; } = [];

        public Instance? Listed { get; set; }

        public IdleMeter Meter { get; } = new(rule);

        public LoadBuckets? Load { get; set; }
    }
}
