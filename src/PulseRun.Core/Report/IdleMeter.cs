using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.Report;

/// <summary>Adds up when an instance rested, by the same rule as the idle verdict: every GPU below the threshold, no memory held, no gap too long, for at least the window.</summary>
internal sealed class IdleMeter(IdleRule rule)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _stretches = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _read = [];
    private DateTimeOffset? _from;
    private DateTimeOffset _last;

    /// <summary>When it was read, from the first to the last reading of each stretch without a gap that is too long.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Read => _read;

    /// <summary>Takes the next reading, in time order.</summary>
    public void Add(Reading reading)
    {
        if (reading.PeakGpu is not { } gpu)
            return;
        bool isBusy = gpu >= rule.GpuBelow;
        // Rest is proven by all GPUs, work by one.
        if (!isBusy && reading.HasUnreadGpus)
            return;
        int last = _read.Count - 1;
        if (last >= 0 && reading.At - _read[last].To <= rule.Gap)
            _read[last] = (_read[last].From, reading.At);
        else if (last >= 0 && _read[last].From == _read[last].To)
            // A single reading speaks for no time: kept, thousands of them would be.
            _read[last] = (reading.At, reading.At);
        else
            _read.Add((reading.At, reading.At));

        bool rests = !isBusy && (rule.IgnoreMemory || !(reading.PeakMemory >= rule.MemoryBelow));
        if (!rests || (_from is not null && reading.At - _last > rule.Gap))
            Close();
        if (!rests)
            return;
        _from ??= reading.At;
        _last = reading.At;
    }

    /// <summary>When it was idle, from the first to the last resting reading of each stretch.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Finish()
    {
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
