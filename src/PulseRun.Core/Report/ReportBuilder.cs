using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Report;

/// <summary>Builds a report. Readings are added one by one and not kept, so the memory for an instance does not grow with their number.</summary>
internal sealed class ReportBuilder(DateTimeOffset since, DateTimeOffset until, IdleRule rule)
{
    /// <summary>The number of points of the cost chart: one for each hour of a week.</summary>
    private const int BurnBuckets = 168;

    /// <summary>The shortest time that the cost chart shows.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromHours(1);

    private const string OwnerTag = "owner";

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private IReadOnlyList<Instance>? _fleet;
    private readonly List<RecordedState> _states = [];
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _idle = new(StringComparer.Ordinal);
    private IReadOnlyList<CleanupStop>? _stops;
    private bool _hasPercent;
    private bool _hasFractions;
    private bool _isMissing;
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
            _states.Add(state);
        }
    }

    /// <summary>Adds the present list.</summary>
    public void AddFleet(IReadOnlyList<Instance> fleet)
    {
        _fleet = fleet;
        foreach (Instance instance in fleet)
            EntryOf(instance.Id).Listed = instance;
    }

    /// <summary>Adds the present verdicts, so that the report and Get-PRIdleInstance name the same instances as idle.</summary>
    public void AddVerdicts(IEnumerable<IdleVerdict> verdicts) => _idle.UnionWith(verdicts.Where(static verdict => verdict.Verdict == Verdict.Idle).Select(static verdict => verdict.Id));

    /// <summary>Adds the notes, for the costs by owner: the tag owner, or who launched the instance.</summary>
    public void AddNotes(IEnumerable<InstanceNote> notes)
    {
        foreach (InstanceNote note in notes)
        {
            if ((note.Tags.FirstOrDefault(static tag => string.Equals(tag.Key, OwnerTag, StringComparison.OrdinalIgnoreCase)).Value ?? note.LaunchedBy) is { Length: > 0 } owner)
                _owners[note.Id] = owner;
        }
    }

    /// <summary>Adds the stops that cleanups made.</summary>
    public void AddStops(IReadOnlyList<CleanupStop> stops) => _stops = stops;

    /// <summary>Notes that the records of this machine cannot be read.</summary>
    public void MissRecords() => _isMissing = true;

    /// <summary>Adds one reading, in time order.</summary>
    public void Add(InstanceMetrics reading)
    {
        if (reading.SampledAt < since || reading.SampledAt > until)
            return;
        Reading sample = Reading.From(reading);
        _readings++;
        Entry entry = EntryOf(reading.Id);
        entry.Meter.Add(sample);
        if (sample.PeakGpu is not { } gpu)
            return;
        _hasPercent |= gpu > 1;
        _hasFractions |= gpu is > 0 and <= 1;
        (entry.Load ??= new LoadBuckets(rule.Gap)).Add(sample.At, gpu);
    }

    /// <summary>Returns the report.</summary>
    /// <param name="profile">The profile; null without one.</param>
    /// <param name="address">The address of the account.</param>
    /// <param name="top">The number of instances with a line of their own.</param>
    public FleetReport Build(string? profile, string address, int top)
    {
        var all = new List<BurnStretch>();
        var lines = new List<(ReportLine Line, LoadBuckets? Load)>(_entries.Count);
        foreach (KeyValuePair<string, Entry> entry in _entries)
        {
            decimal? price = PriceOf(entry.Value);
            IReadOnlyList<BurnStretch> stretches = BurnStretches.WithReadings(
                BurnStretches.Of(entry.Value.States, entry.Value.Listed, since, until), entry.Value.States, entry.Value.Meter.Read, price);
            all.AddRange(stretches);
            ReportLine line = Line(entry.Key, entry.Value, stretches, price);
            // Omit instances that were neither billed nor read.
            if (line.Burned > TimeSpan.Zero || entry.Value.Load is not null)
                lines.Add((line, entry.Value.Load));
        }
        lines.Sort(static (a, b) => ByCost(a.Line, b.Line));
        IReadOnlyList<Instance> fleet = _fleet ?? [];
        HashSet<string> idle = Ids(static line => line.IdleSince is not null), blind = Ids(static line => line.IsBlind);
        List<ReportLine> rest = lines.Skip(top).Select(static one => one.Line).ToList();
        return new FleetReport
        {
            Since = since,
            Until = until,
            Profile = profile,
            Address = address,
            Rule = rule,
            IsListed = _fleet is not null,
            IsRecorded = !_isMissing,
            IsUnitUnclear = IsUnitUnclear,
            RunningNow = fleet.Count(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)),
            IdleNow = BurnOf(fleet.Where(one => idle.Contains(one.Id))),
            BlindNow = BurnOf(fleet.Where(one => blind.Contains(one.Id))),
            Saved = _stops is null ? null : CleanupSavings.Of(_stops, StoppedStretches.Of(fleet, _states, until), since, until),
            ReadFrom = Earliest(_entries.Values.Select(static entry => entry.Load?.From)),
            Breakdowns = Breakdowns(lines.ConvertAll(static one => one.Line)),
            BurnNow = _fleet is null ? null : BurnOf(_fleet),
            BurnOverTime = Points(all),
            Lines = lines.Take(top).Select(static one => one.Line with { Load = one.Load?.Points() ?? [] }).ToList(),
            Others = rest.Count > 0 ? Sum(rest) : null,
            OtherCount = rest.Count,
            Total = Sum(lines.Select(static one => one.Line)),
            Readings = _readings,
            IsEmpty = _states.Count == 0 && _readings == 0,
        };

        HashSet<string> Ids(Func<ReportLine, bool> condition) => new(lines.Where(one => condition(one.Line)).Select(static one => one.Line.Id), StringComparer.Ordinal);
    }

    /// <summary>Returns the sums by GPU type, and by owner where an owner is known.</summary>
    private List<ReportBreakdown> Breakdowns(List<ReportLine> lines)
    {
        var breakdowns = new List<ReportBreakdown> { new("GPU type", Groups(lines, static line => line.Gpu)) };
        if (lines.Exists(line => _owners.ContainsKey(line.Id)))
            breakdowns.Add(new("owner", Groups(lines, line => _owners.TryGetValue(line.Id, out string? owner) ? owner : null)));
        return breakdowns;
    }

    /// <summary>Returns the cost of a part of the fleet. A price that is not plausible counts as unknown, because sums could overflow.</summary>
    private static Burn BurnOf(IEnumerable<Instance> fleet)
    {
        var burn = default(Burn);
        foreach (Instance one in fleet.Where(static one => InstanceStatus.IsBurning(one.Status)))
            burn += BurnStretches.IsPrice(one.CostPerHour) ? new Burn(one.CostPerHour!.Value, 1, 0) : new Burn(0, 1, 1);
        return burn;
    }

    /// <summary>Returns the sums by a property. Values are compared without case.</summary>
    private List<ReportGroup> Groups(IEnumerable<ReportLine> lines, Func<ReportLine, string?> property) => lines
        .GroupBy(line => property(line) is { Length: > 0 } value ? value : "", StringComparer.OrdinalIgnoreCase)
        .Select(group => new ReportGroup(
            group.Key.Length > 0 ? group.Key : null,
            group.Count(),
            Sum(group),
            BurnOf(group.Where(static line => line.IdleSince is not null).Select(line => _entries[line.Id].Listed!)),
            BurnOf(group.Where(static line => line.IsBlind).Select(line => _entries[line.Id].Listed!))))
        .OrderByDescending(static group => group.Sum.IdleCost).ThenByDescending(static group => group.Sum.Cost).ThenBy(static group => group.Name, StringComparer.Ordinal)
        .ToList();

    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset?> times) => times.Where(static time => time is not null).Min();

    /// <summary>True when no reading of any instance is above 1 and some are not 0. The unit is the same for all readings of a server, and here 1 may mean 1 % or 100 %.</summary>
    private bool IsUnitUnclear => _hasFractions && !_hasPercent;

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
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> idle = entry.Meter.Finish();
        bool runs = InstanceStatus.Is(entry.Listed?.Status, InstanceStatus.Running);
        // The verdict decides whether it is idle now; the readings say since when, at least for the window of the verdict.
        DateTimeOffset? idleSince = !runs || !_idle.Contains(id) || IsUnitUnclear ? null : entry.Meter.IdleSince ?? until - rule.For;
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> read = IsUnitUnclear ? [] : entry.Meter.Read;
        if (IsUnitUnclear)
            idle = [];
        bool restarted = entry.Listed?.StartedAt > idleSince;
        return new ReportLine
        {
            Id = id,
            Gpu = entry.Listed?.Gpu ?? last?.Gpu,
            Provider = entry.Listed?.Provider ?? last?.Provider,
            Region = entry.Listed?.Region ?? last?.Region,
            Status = entry.Listed is { } listed ? listed.Status ?? "" : null,
            Price = price,
            Burned = Total(stretches.Select(static stretch => stretch.To - stretch.From)),
            Cost = stretches.Sum(static stretch => stretch.CostWithin(stretch.From, stretch.To)),
            HasUnknownPrice = stretches.Any(static stretch => stretch.Price is null),
            CoveredCost = CostInside(read, stretches),
            Covered = Inside(read, stretches),
            // Recorded states take precedence: time recorded as stopped is not idle time, whatever the readings show.
            Idle = Inside(idle, stretches),
            IdleCost = CostInside(idle, stretches),
            IdleSince = restarted ? entry.Listed!.StartedAt : idleSince,
            IsIdleLonger = !restarted && !entry.Meter.IdleFollowsWork,
            IsBlind = runs && !(until - entry.Meter.LastRead <= rule.For),
            LastRead = entry.Meter.LastRead,
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

    private static decimal CostInside(IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> times, IReadOnlyList<BurnStretch> stretches) =>
        times.Sum(time => stretches.Sum(stretch => stretch.CostWithin(time.From, time.To)));

    /// <summary>Returns the burn rate from the first billed time with a known price, so that a chart has no empty beginning.</summary>
    private List<BurnPoint> Points(List<BurnStretch> stretches)
    {
        stretches.RemoveAll(static stretch => stretch.Price is null);
        if (stretches.Count == 0)
            return [];
        DateTimeOffset from = stretches.Min(static stretch => stretch.From);
        if (until - from < s_shortest)
            from = until - s_shortest > since ? until - s_shortest : since;
        long length = (until - from).Ticks;
        decimal[] burned = new decimal[BurnBuckets];
        foreach (BurnStretch stretch in stretches)
        {
            for (int i = BucketOf(stretch.From); i <= BucketOf(stretch.To); i++)
                burned[i] += stretch.CostWithin(StartOf(i), StartOf(i + 1));
        }
        return burned.Select((cost, i) => new BurnPoint(StartOf(i), cost * TimeSpan.TicksPerHour / (StartOf(i + 1) - StartOf(i)).Ticks)).ToList();

        int BucketOf(DateTimeOffset at) => Math.Min(BurnBuckets - 1, (int)((double)(at - from).Ticks / length * BurnBuckets));

        DateTimeOffset StartOf(int bucket) => bucket == BurnBuckets ? until : from + TimeSpan.FromTicks(length / BurnBuckets * bucket);
    }

    private static ReportLine Sum(IEnumerable<ReportLine> lines)
    {
        var sum = new ReportLine { Id = "" };
        foreach (ReportLine line in lines)
        {
            sum = sum with
            {
                Burned = sum.Burned + line.Burned,
                Cost = sum.Cost + line.Cost,
                HasUnknownPrice = sum.HasUnknownPrice || line.HasUnknownPrice,
                Covered = sum.Covered + line.Covered,
                CoveredCost = sum.CoveredCost + line.CoveredCost,
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
