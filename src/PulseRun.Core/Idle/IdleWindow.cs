using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Idle;

/// <summary>Summarizes the readings of one instance in one window. It draws no conclusion; <see cref="IdleDecision"/> does.</summary>
internal sealed class IdleWindow
{
    /// <summary>The time within which an uptime may decrease without a restart: two processes that read at once may receive their answers in reverse order.</summary>
    private const long Crossing = 2 * TimeSpan.TicksPerSecond;

    /// <summary>The time within which repeated answers are accepted. Servers may answer from reports that an agent sends once a minute; 75 seconds allow for some delay.</summary>
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(75);

    private const long None = -1;

    /// <summary>The full load of a server that reports fractions, and 1 % of one that reports percent.</summary>
    private const double Whole = 1;

    /// <summary>The least share of GPU memory, rounded up to a tenth, that is taken for a loaded model while the unit is not known: servers of models reserve 85 to 95 % by default. As percent, an idle GPU seldom shows it.</summary>
    private const double LoadedFraction = 0.9;

    // Times are UTC ticks: a fleet has tens of thousands of readings in its window, and each is compared and subtracted about ten times.
    private readonly IdleRule _rule;
    private readonly long _start;
    private readonly long _gap;
    private readonly long _slot;
    private readonly long _lastSlot;
    private readonly long _refresh;
    private long _oldest = None;
    private long _runStart = None;
    private long _slotRead = None;
    private long _last = None;
    private long _lastSilent = None;
    private long _largestGap = None;
    private long _covered;
    private bool _anchorRests;
    private bool _anchorHolds;
    private bool _holds;
    private double? _anchorGpu;
    private bool _hasZero;
    private bool _hasUnclear;
    private bool _hasFraction;
    private bool _hasMemoryFraction;
    private int? _gpuCount;
    private (long At, long Uptime)? _lastUptime;

    /// <summary>The last reading whose uptime advanced with the time.</summary>
    private (long At, long Uptime)? _moved;

    /// <summary>Summarizes the readings.</summary>
    /// <param name="readings">The readings in time order, including those before the window that can be its anchor.</param>
    /// <param name="rule">The idle rule.</param>
    /// <param name="now">The end of the window, taken after the last reading, so that a later reading proves a wrong clock.</param>
    public IdleWindow(IReadOnlyList<Reading> readings, IdleRule rule, DateTimeOffset now)
    {
        _rule = rule;
        _start = rule.WindowStart(now).UtcTicks;
        _gap = rule.Gap.Ticks;
        _slot = rule.Slot.Ticks;
        _lastSlot = 2L * rule.MinSamples - 1;
        _refresh = Math.Max(Crossing, Math.Min(s_refresh.Ticks, _gap / 2));
        long end = now.UtcTicks;
        bool isInOrder = IsInOrder(readings);
        if (!isInOrder)
            readings = [.. readings.OrderBy(static reading => reading.At)];
        ClockWentBack = !isInOrder || (readings.Count > 0 && readings[readings.Count - 1].At.UtcTicks > end);
        for (int i = 0; i < readings.Count; i++)
        {
            Reading reading = Scaled(readings[i]);
            long at = reading.At.UtcTicks;
            if (at < _start)
                AddBefore(reading, at);
            else if (at <= end)
                AddInside(reading, at);
        }
        if (_last != None)
        {
            Advance(_last, end);
            _largestGap = Math.Max(_largestGap, end - _last);
        }
    }

    /// <summary>True when readings lie in the future or are not in time order.</summary>
    public bool ClockWentBack { get; }

    /// <summary>True when the start of the window is covered by an idle reading at most one permitted gap before it.</summary>
    public bool IsAnchored { get; private set; }

    /// <summary>True when the newest answer in the window does not give the load of every GPU.</summary>
    public bool EndsSilent => _lastSilent != None && _lastSilent >= _last;

    public bool UptimeBroke { get; private set; }

    public bool GpuCountChanged { get; private set; }

    public int Count { get; private set; }

    /// <summary>Gets the number of slots of the window that contain a reading.</summary>
    public int Slots { get; private set; }

    /// <summary>Gets the time of the first reading after the last gap that was too long; null without readings.</summary>
    public DateTimeOffset? RunStart => _runStart == None ? null : new DateTimeOffset(_runStart, TimeSpan.Zero);

    public double? PeakGpu { get; private set; }

    public double? PeakMemory { get; private set; }

    /// <summary>True when memory was held in the window or in its anchor, and the rule considers memory.</summary>
    public bool HoldsMemory => _holds || _anchorHolds;

    public TimeSpan? LargestGap => _largestGap == None ? null : new TimeSpan(_largestGap);

    /// <summary>Gets the time of the newest usable reading, in the window or before it; null without one.</summary>
    public DateTimeOffset? LastReading => _last == None ? null : new DateTimeOffset(_last, TimeSpan.Zero);

    /// <summary>Gets the share of the window that is at most one permitted gap after a reading, from 0 to 1.</summary>
    public double Coverage => Math.Min(1, (double)_covered / _rule.For.Ticks);

    public bool WasReadBefore(DateTimeOffset moment) => _oldest != None && _oldest < moment.UtcTicks;

    /// <summary>
    /// Returns true when the readings, including the anchor, may be fractions of 1: a load of 0.97 would then be rest as percent and work as a fraction. Only zeros mean rest in both units,
    /// and a value above 1 shows percent. Values that are all above 0 and at most 1 stay unclear whatever was recorded before: at work all the time is as likely as never quite at rest.
    /// </summary>
    /// <param name="unit">The evidence for the unit from outside the window.</param>
    public bool IsUnitUnclear(UnitEvidence unit)
    {
        // A whole number above 1 does not occur among fractions, and a percentage of another instance shows the unit as well.
        if (_hasMemoryFraction && !(PeakGpu > Whole || PeakMemory > Whole || unit.IsPercent || unit.IsPercentIfWhole))
            return true;
        if (PeakGpu > Whole || !(_hasUnclear || IsUnclear(_anchorGpu)))
            return false;
        bool hasFraction = _hasFraction || _anchorGpu is > 0 and < Whole;
        return !_hasZero || !(unit.IsPercent || (unit.IsPercentIfWhole && !hasFraction));
    }

    private void AddBefore(in Reading reading, long at)
    {
        bool isFrozen = IsFrozen(reading, at);
        if (!IsUsable(reading, isFrozen))
            return;
        bool sameMoment = at == _last;
        ContinueRun(at);
        _anchorRests = !IsBusy(reading) && (!sameMoment || _anchorRests);
        _oldest = at;
        _last = at;
        IsAnchored = _anchorRests && _start - at <= _gap;
        _anchorHolds = Holds(reading) || (sameMoment && _anchorHolds);
        _anchorGpu = sameMoment ? Higher(_anchorGpu, reading.PeakGpu) : reading.PeakGpu;

        // Only the last reading before the window can be its anchor, so forget the identity of earlier ones.
        UptimeBroke = GpuCountChanged = false;
        _gpuCount = null;
        _lastUptime = null;
        NoteIdentity(reading, at);
    }

    private void AddInside(in Reading reading, long at)
    {
        PeakMemory = Higher(PeakMemory, reading.PeakMemory);
        _hasMemoryFraction |= !_rule.IgnoreMemory && reading.PeakMemory is >= LoadedFraction and < Whole;
        _holds |= Holds(reading);
        NoteIdentity(reading, at);
        UptimeBroke |= KnownUptime(reading) is { } uptime && uptime < at - _start;
        bool isFrozen = IsFrozen(reading, at);
        if (!IsUsable(reading, isFrozen))
        {
            _lastSilent = at;
            return;
        }

        PeakGpu = Higher(PeakGpu, reading.PeakGpu);
        _hasZero |= reading.PeakGpu == 0;
        _hasUnclear |= IsUnclear(reading.PeakGpu);
        _hasFraction |= reading.PeakGpu is > 0 and < Whole;
        if (_oldest == None)
            _oldest = at;
        if (at == _start)
        {
            // A reading exactly at the start covers it; earlier readings do not matter then.
            IsAnchored = true;
            _anchorHolds = false;
            _anchorGpu = null;
        }
        if (Count > 0 && at == _last)
            return;
        ContinueRun(at);
        long slot = Math.Min((at - _start) / _slot, _lastSlot);
        if (slot != _slotRead)
            Slots++;
        _slotRead = slot;
        if (_last != None)
            Advance(_last, at);
        // There is no gap before a reading exactly at the start.
        _largestGap = Math.Max(_largestGap, at == _start ? 0 : at - (_last == None ? _start : _last));
        _last = at;
        Count++;
    }

    /// <summary>Detects a restart by a decreasing uptime, and another machine by a different number of GPUs.</summary>
    private void NoteIdentity(in Reading reading, long at)
    {
        if (KnownUptime(reading) is { } uptime)
        {
            if (_lastUptime is { } before && uptime < before.Uptime && (at - before.At > Crossing || before.Uptime - uptime > Crossing))
                UptimeBroke = true;
            _lastUptime = (at, uptime);
        }
        if (reading.GpuCount > 0)
        {
            GpuCountChanged |= _gpuCount is { } count && count != reading.GpuCount;
            _gpuCount = reading.GpuCount;
        }
    }

    /// <summary>Returns true when the answer repeats an old one: its uptime grew by less than half of the time since the last reading that advanced.</summary>
    private bool IsFrozen(in Reading reading, long at)
    {
        if (KnownUptime(reading) is not { } uptime)
            return false;
        long elapsed = _moved is { } moved ? at - moved.At : 0;
        long grown = uptime - (_moved?.Uptime ?? uptime);
        if (grown < elapsed / 2 && (grown >= 0 || elapsed <= Crossing))
            return elapsed > _refresh;
        _moved = (at, uptime);
        return false;
    }

    private void ContinueRun(long at)
    {
        if (_last == None || at - _last > _gap)
            _runStart = at;
    }

    /// <summary>Adds the time that a reading covers: until the next one, at most the longest permitted gap.</summary>
    private void Advance(long reading, long next)
    {
        long from = Math.Max(reading, _start);
        long to = Math.Min(next, reading + _gap);
        if (to > from)
            _covered += to - from;
    }

    private static bool IsUnclear(double? gpu) => gpu is > 0 and <= Whole;

    private bool IsBusy(in Reading reading) => reading.PeakGpu >= _rule.GpuBelow;

    private bool Holds(in Reading reading) => !_rule.IgnoreMemory && reading.PeakMemory >= _rule.MemoryBelow;

    /// <summary>Returns true for a reading that counts. One busy GPU proves work, even in an old answer; idleness needs the present load of all GPUs.</summary>
    private bool IsUsable(in Reading reading, bool isFrozen) => reading.PeakGpu >= 0 && (!(reading.HasUnreadGpus || isFrozen) || IsBusy(reading));

    private Reading Scaled(in Reading reading) => _rule.UnitScale != UnitScale.Fraction
        ? reading
        : reading with { PeakGpu = Percent(reading.PeakGpu), PeakMemory = Percent(reading.PeakMemory) };

    private static double? Percent(double? fraction) => fraction <= 1 ? fraction * 100 : fraction;

    private static long? KnownUptime(in Reading reading) => reading.Uptime is { Ticks: >= 0 and var ticks } ? ticks : null;

    private static bool IsInOrder(IReadOnlyList<Reading> readings)
    {
        for (int i = 1; i < readings.Count; i++)
        {
            if (readings[i].At < readings[i - 1].At)
                return false;
        }
        return true;
    }

    private static double? Higher(double? a, double? b) => b >= 0 && !(a >= b) ? b : a;
}
