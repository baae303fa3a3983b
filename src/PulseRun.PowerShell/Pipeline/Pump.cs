using System;
using System.Collections.Concurrent;
using System.Threading;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>
/// Carries what background work has to say to the pipeline thread, the only one that may write. Waiting blocks, it never
/// spins; rows are bounded, so that a slow reader slows the download down instead of filling memory.
/// </summary>
internal sealed class Pump : IDisposable
{
    /// <summary>Batches of rows that may wait. Times 64 rows a batch: far more than a usual fleet, so that a slow pipeline does not make the server wait with its answer.</summary>
    private const int MaxBatches = 512;

    private readonly ConcurrentQueue<Action> _actions = new();
    private readonly SemaphoreSlim _room = new(MaxBatches);
    private readonly ManualResetEventSlim _wake = new();

    /// <summary>Queues something small to be done on the pipeline thread: a verbose line, a warning. From any thread.</summary>
    public void Post(Action action)
    {
        _actions.Enqueue(action);
        _wake.Set();
    }

    /// <summary>Queues a batch of rows; waits while there is no room.</summary>
    public void PostBatch(Action write, CancellationToken cancel)
    {
        _room.Wait(cancel);
        Post(() =>
        {
            _room.Release();
            write();
        });
    }

    /// <summary>Makes <see cref="Wait"/> return.</summary>
    public void Wake() => _wake.Set();

    /// <summary>To be called before looking at what may have changed; what changes afterwards ends the next <see cref="Wait"/>.</summary>
    public void Rearm() => _wake.Reset();

    /// <summary>Does what is queued. On the pipeline thread only; whatever writing throws passes through.</summary>
    public void Drain()
    {
        while (_actions.TryDequeue(out Action? action))
            action();
    }

    /// <summary>Waits until something is queued, or for <paramref name="atMost"/>.</summary>
    public void Wait(TimeSpan atMost, CancellationToken cancel) => _wake.Wait(atMost, cancel);

    public void Dispose()
    {
        _room.Dispose();
        _wake.Dispose();
    }
}
