using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;

namespace PulseRun.Idle;

/// <summary>What the readings of one instance say about one window, before anything is concluded.</summary>
internal sealed class IdleWindow
{
    /// <summary>Two processes that read at once may get their answers crosswise; only then a shrinking uptime is no restart.</summary>
    private static readonly TimeSpan s_crossing = TimeSpan.FromSeconds(2);

    private readonly IdleRule _rule;
    private readonly DateTimeOffset _start;
    private DateTimeOffset? _oldest;
    private bool _anchorRests;
    private bool _anchorHolds;
    private bool _holds;
    private int? _gpuCount;
    private (DateTimeOffset At, TimeSpan Uptime)? _lastUptime;
    private TimeSpan _covered;

    /// <param name="samples">In time order; the ones before the window that the first reading inside leans on included.</param>
    /// <param name="rule">What counts as idle.</param>
    /// <param name="now">The window's end. Taken after the last reading: a reading after it is one of the future.</param>
    public IdleWindow(IReadOnlyList<Sample> samples, IdleRule rule, DateTimeOffset now)
    {
        _rule = rule;
        _start = rule.WindowStart(now);
        bool isInOrder = IsInOrder(samples);
        if (!isInOrder)
            samples = [.. samples.OrderBy(static sample => sample.At)];
        ClockWentBack = !isInOrder || (samples.Count > 0 && samples[samples.Count - 1].At > now);
        for (int i = 0; i < samples.Count; i++)
        {
            Sample sample = samples[i];
            if (sample.At < _start)
                AddBefore(sample);
            else if (sample.At <= now)
                AddInside(sample);
        }
        if (LastReading is { } last)
        {
            Advance(last, now);
            LargestGap = Longer(LargestGap, now - last);
        }
    }

    /// <summary>Readings lie in the future or run backwards.</summary>
    public bool ClockWentBack { get; }

    /// <summary>The window's start leans on an idle reading at or before it, close enough.</summary>
    public bool IsAnchored { get; private set; }

    /// <summary>The newest answer in the window does not say how busy every GPU is.</summary>
    public bool EndsSilent { get; private set; }

    public bool UptimeBroke { get; private set; }

    public bool GpuCountChanged { get; private set; }

    public int Count { get; private set; }

    public double? PeakGpu { get; private set; }

    public double? PeakMemory { get; private set; }

    /// <summary>Memory was held in the window, or in the reading its start leans on, and that matters.</summary>
    public bool HoldsMemory => _holds || _anchorHolds;

    public TimeSpan? LargestGap { get; private set; }

    /// <summary>The newest usable reading, in the window or the one before it.</summary>
    public DateTimeOffset? LastReading { get; private set; }

    /// <summary>The part of the window that is near enough to a reading before it.</summary>
    public double Coverage => Math.Min(1, (double)_covered.Ticks / _rule.For.Ticks);

    public bool WasReadBefore(DateTimeOffset moment) => _oldest < moment;

    private void AddBefore(Sample sample)
    {
        if (!IsUsable(sample))
            return;
        bool sameMoment = sample.At == LastReading;
        _anchorRests = !IsBusy(sample) && (!sameMoment || _anchorRests);
        _oldest = sample.At;
        LastReading = sample.At;
        IsAnchored = _anchorRests && _start - sample.At <= _rule.Gap;
        _anchorHolds = Holds(sample) || (sameMoment && _anchorHolds);

        // Only the last reading before the window speaks for its start: what came before that one is past.
        UptimeBroke = GpuCountChanged = false;
        _gpuCount = null;
        _lastUptime = null;
        NoteIdentity(sample);
    }

    private void AddInside(Sample sample)
    {
        PeakMemory = Higher(PeakMemory, sample.PeakMemory);
        _holds |= Holds(sample);
        NoteIdentity(sample);
        UptimeBroke |= KnownUptime(sample) < sample.At - _start;
        if (!IsUsable(sample))
        {
            EndsSilent |= sample.At != LastReading;
            return;
        }

        EndsSilent = false;
        PeakGpu = Higher(PeakGpu, sample.PeakGpu);
        _oldest ??= sample.At;
        if (sample.At == _start)
        {
            // Nothing before it matters then.
            IsAnchored = true;
            _anchorHolds = false;
        }
        if (Count > 0 && sample.At == LastReading)
            return;
        if (LastReading is { } last)
            Advance(last, sample.At);
        // A reading at the very start leans on nothing before it.
        LargestGap = Longer(LargestGap, sample.At == _start ? TimeSpan.Zero : sample.At - (LastReading ?? _start));
        LastReading = sample.At;
        Count++;
    }

    /// <summary>What tells one run of an instance from the next: a restart starts the uptime anew, another machine has other GPUs.</summary>
    private void NoteIdentity(Sample sample)
    {
        if (KnownUptime(sample) is { } uptime)
        {
            if (_lastUptime is { } before && uptime < before.Uptime
                && (sample.At - before.At > s_crossing || before.Uptime - uptime > s_crossing))
                UptimeBroke = true;
            _lastUptime = (sample.At, uptime);
        }
        if (sample.GpuCount > 0)
        {
            GpuCountChanged |= _gpuCount is { } count && count != sample.GpuCount;
            _gpuCount = sample.GpuCount;
        }
    }

    /// <summary>A reading speaks for the time after it, until the next one or the longest gap.</summary>
    private void Advance(DateTimeOffset reading, DateTimeOffset next)
    {
        var from = reading > _start ? reading : _start;
        var to = next - reading > _rule.Gap ? reading + _rule.Gap : next;
        if (to > from)
            _covered += to - from;
    }

    private bool IsBusy(Sample sample) => sample.PeakGpu >= _rule.GpuBelow;

    private bool Holds(Sample sample) => !_rule.IgnoreMemory && sample.PeakMemory >= _rule.MemoryBelow;

    /// <summary>Work is proven by one GPU, rest only by all of them.</summary>
    private bool IsUsable(Sample sample) => sample.PeakGpu >= 0 && (!sample.HasUnreadGpus || IsBusy(sample));

    private static TimeSpan? KnownUptime(Sample sample) => sample.Uptime >= TimeSpan.Zero ? sample.Uptime : null;

    private static bool IsInOrder(IReadOnlyList<Sample> samples)
    {
        for (int i = 1; i < samples.Count; i++)
        {
            if (samples[i].At < samples[i - 1].At)
                return false;
        }
        return true;
    }

    private static double? Higher(double? a, double? b) => b >= 0 && !(a >= b) ? b : a;

    private static TimeSpan Longer(TimeSpan? a, TimeSpan b) => a > b ? a.Value : b;
}
