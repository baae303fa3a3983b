using System.Collections.Concurrent;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Records readings in the local history, many in one transaction. Callable from any thread.</summary>
internal sealed class ReadingRecorder(LocalStore store)
{
    private readonly ConcurrentDictionary<Context, ReadingBuffer> _buffers = new();

    /// <summary>Records a reading, and returns that reading.</summary>
    public InstanceMetrics Record(Context context, InstanceMetrics reading)
    {
        _buffers.GetOrAdd(context, NewBuffer).Add(reading);
        return reading;
    }

    /// <summary>Records the buffered readings.</summary>
    public void Flush()
    {
        foreach (ReadingBuffer buffer in _buffers.Values)
            buffer.Flush();
    }

    private ReadingBuffer NewBuffer(Context context) =>
        new(batch => store.TryUse(opened => opened.History.RecordReadings(context.Account, batch, context.UtcNow)));
}
