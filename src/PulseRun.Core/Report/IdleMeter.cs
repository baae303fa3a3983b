using System;
using System.Collections.Generic;
using PulseRun.Contracts;
using PulseRun.Idle;

namespace PulseRun.Report;

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
    public void Add(Sample sample)
    {
        if (sample.PeakGpu is not { } gpu)
            return;
        bool isBusy = gpu >= rule.GpuBelow;
        // Rest is proven by all GPUs, work by one.
        if (!isBusy && sample.HasUnreadGpus)
            return;
        int last = _read.Count - 1;
        if (last >= 0 && sample.At - _read[last].To <= rule.Gap)
            _read[last] = (_read[last].From, sample.At);
        else if (last >= 0 && _read[last].From == _read[last].To)
            // A single reading speaks for no time: kept, thousands of them would be.
            _read[last] = (sample.At, sample.At);
        else
            _read.Add((sample.At, sample.At));

        bool rests = !isBusy && (rule.IgnoreMemory || !(sample.PeakMemory >= rule.MemoryBelow));
        if (!rests || (_from is not null && sample.At - _last > rule.Gap))
            Close();
        if (!rests)
            return;
        _from ??= sample.At;
        _last = sample.At;
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
