using System;
using System.Collections.Generic;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Gathers readings, so that they are written down many at a time: one transaction a batch, not one a reading.</summary>
internal sealed class ReadingBuffer(Action<IReadOnlyList<InstanceMetrics>> write)
{
    private const int BatchSize = 512;

    private readonly object _lock = new();
    private List<InstanceMetrics> _readings = [];

    /// <summary>Takes a reading. From any thread.</summary>
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

    /// <summary>Writes what is left.</summary>
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
