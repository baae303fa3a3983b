using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Idle;

/// <summary>What the readings of one instance say about one window, before anything is concluded.</summary>
internal sealed class IdleWindow
{
    /// <summary>Two processes that read at once may get their answers crosswise; only then a shrinking uptime is no restart.</summary>
    private const long Crossing = 2 * TimeSpan.TicksPerSecond;

    /// <summary>Servers may answer from what an agent reports once a minute: until then, an answer that repeats itself is no frozen one.</summary>
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(75);

    private const long None = -1;

    // Ticks (UTC): a fleet has tens of thousands of readings in its window, and each is compared and subtracted ten times.
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
    private int? _gpuCount;
    private (long At, long Uptime)? _lastUptime;

    /// <summary>The last reading whose uptime had gone on as the time had.</summary>
    private (long At, long Uptime)? _moved;

    /// <param name="readings">In time order; the ones before the window that the first reading inside leans on included.</param>
    /// <param name="rule">What counts as idle.</param>
    /// <param name="now">The window's end. Taken after the last reading: a reading after it is one of the future.</param>
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

    /// <summary>Readings lie in the future or run backwards.</summary>
    public bool ClockWentBack { get; }

    /// <summary>The window's start leans on an idle reading at or before it, close enough.</summary>
    public bool IsAnchored { get; private set; }

    /// <summary>A newest answer in the window does not say how busy every GPU is.</summary>
    public bool EndsSilent => _lastSilent != None && _lastSilent >= _last;

    public bool UptimeBroke { get; private set; }

    public bool GpuCountChanged { get; private set; }

    public int Count { get; private set; }

    /// <summary>The number of slots of the window with a reading.</summary>
    public int Slots { get; private set; }

    /// <summary>The first of the newest readings that follow each other without too long a gap.</summary>
    public DateTimeOffset? RunStart => _runStart == None ? null : new DateTimeOffset(_runStart, TimeSpan.Zero);

    public double? PeakGpu { get; private set; }

    public double? PeakMemory { get; private set; }

    /// <summary>Memory was held in the window, or in the reading its start leans on, and that matters.</summary>
    public bool HoldsMemory => _holds || _anchorHolds;

    public TimeSpan? LargestGap => _largestGap == None ? null : new TimeSpan(_largestGap);

    /// <summary>The newest usable reading, in the window or the one before it.</summary>
    public DateTimeOffset? LastReading => _last == None ? null : new DateTimeOffset(_last, TimeSpan.Zero);

    /// <summary>The part of the window that is near enough to a reading before it.</summary>
    public double Coverage => Math.Min(1, (double)_covered / _rule.For.Ticks);

    public bool WasReadBefore(DateTimeOffset moment) => _oldest != None && _oldest < moment.UtcTicks;

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

        // Only the last reading before the window speaks for its start: what came before that one is past.
        UptimeBroke = GpuCountChanged = false;
        _gpuCount = null;
        _lastUptime = null;
        NoteIdentity(reading, at);
    }

    private void AddInside(in Reading reading, long at)
    {
        PeakMemory = Higher(PeakMemory, reading.PeakMemory);
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
        if (_oldest == None)
            _oldest = at;
        if (at == _start)
        {
            // Nothing before it matters then.
            IsAnchored = true;
            _anchorHolds = false;
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
        // A reading at the very start leans on nothing before it.
        _largestGap = Math.Max(_largestGap, at == _start ? 0 : at - (_last == None ? _start : _last));
        _last = at;
        Count++;
    }

    /// <summary>What tells one run of an instance from the next: a restart starts the uptime anew, another machine has other GPUs.</summary>
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

    /// <summary>Returns true when the answer is one that was given before: its uptime grew by less than half of the time since the last one that moved on.</summary>
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

    /// <summary>A reading speaks for the time after it, until the next one or the longest gap.</summary>
    private void Advance(long reading, long next)
    {
        long from = Math.Max(reading, _start);
        long to = Math.Min(next, reading + _gap);
        if (to > from)
            _covered += to - from;
    }

    private bool IsBusy(in Reading reading) => reading.PeakGpu >= _rule.GpuBelow;

    private bool Holds(in Reading reading) => !_rule.IgnoreMemory && reading.PeakMemory >= _rule.MemoryBelow;

    /// <summary>Work is proven by one GPU, and by an old answer too; rest only by all GPUs, now.</summary>
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
