using System;
using System.Collections.Generic;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Collects readings and records them in batches: one transaction per batch instead of one per reading.</summary>
internal sealed class ReadingBuffer(Action<IReadOnlyList<InstanceMetrics>> write)
{
    private const int BatchSize = 512;

    private readonly object _lock = new();
    private List<InstanceMetrics> _readings = [];

    /// <summary>Adds a reading. Callable from any thread.</summary>
    public void Add(InstanceMetrics reading)
    {
        lock (_lock)
        {
            _readings.Add(reading);
            if (_readings.Count < BatchSize)
                return;
        }
        Flush();
    }

    /// <summary>Records the remaining readings.</summary>
    public void Flush()
    {
        List<InstanceMetrics> batch;
        lock (_lock)
        {
            batch = _readings;
            _readings = [];
        }
        if (batch.Count > 0)
            write(batch);
    }
}
