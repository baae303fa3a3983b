using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>Measures how long an instance was idle, by the rule of the idle verdict: every GPU below the threshold, no memory held, no gap too long, for at least the window.</summary>
internal sealed class IdleMeter(IdleRule rule)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _stretches = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _read = [];
    private DateTimeOffset? _from;
    private DateTimeOffset _last;
    private DateTimeOffset? _lastBusy;
    private bool _followsWork;

    /// <summary>Gets the times covered by readings: each from the first to the last reading without a gap that is too long.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Read => _read;

    /// <summary>Gets the time of the last usable reading; null without one.</summary>
    public DateTimeOffset? LastRead { get; private set; }

    /// <summary>Gets the start of the idle time that lasts up to the last reading; null when the instance was not idle then. Valid after <see cref="Finish"/>.</summary>
    public DateTimeOffset? IdleSince { get; private set; }

    /// <summary>True when a reading shows the work that ended before <see cref="IdleSince"/>. Otherwise the instance may have been idle for longer.</summary>
    public bool IdleFollowsWork { get; private set; }

    /// <summary>Adds the next reading, in time order.</summary>
    public void Add(Reading reading)
    {
        if (reading.PeakGpu is not { } gpu)
            return;
        bool isBusy = gpu >= rule.GpuBelow;
        // One busy GPU proves work; idleness needs a value from all GPUs.
        if (!isBusy && reading.HasUnreadGpus)
            return;
        LastRead = reading.At;
        int last = _read.Count - 1;
        if (last >= 0 && reading.At - _read[last].To <= rule.Gap)
            _read[last] = (_read[last].From, reading.At);
        else if (last >= 0 && _read[last].From == _read[last].To)
            // A single reading covers no time. Replace it, so that sparse readings do not accumulate.
            _read[last] = (reading.At, reading.At);
        else
            _read.Add((reading.At, reading.At));

        bool rests = !isBusy && (rule.IgnoreMemory || !(reading.PeakMemory >= rule.MemoryBelow));
        if (!rests || (_from is not null && reading.At - _last > rule.Gap))
            Close();
        if (!rests)
        {
            _lastBusy = reading.At;
            return;
        }
        if (_from is null)
        {
            _from = reading.At;
            _followsWork = reading.At - _lastBusy <= rule.Gap;
        }
        _last = reading.At;
    }

    /// <summary>Returns the times in which the instance was idle, each from the first to the last idle reading.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Finish()
    {
        IdleSince = _last - _from >= rule.For ? _from : null;
        IdleFollowsWork = _followsWork;
        Close();
        return _stretches;
    }

    private void Close()
    {
        if (_from is { } from && _last - from >= rule.For)
            _stretches.Add((from, _last));
        _from = null;
    }
}
