using System;
using System.Collections.Concurrent;
using System.Threading;

namespace PulseRun.PowerShell.Running;

/// <summary>
/// Passes output of background work to the pipeline thread, the only thread that may write. Waiting blocks on an event.
/// The queue of batches is bounded, so that a slow pipeline slows the download down instead of filling memory.
/// </summary>
internal sealed class Pump : IDisposable
{
    /// <summary>The number of batches that may be queued. A batch has 64 rows, so the queue holds 32,768 instances, more than usual fleets have; up to that size a slow pipeline does not delay the response.</summary>
    private const int MaxBatches = 512;

    private readonly ConcurrentQueue<Action> _actions = new();
    private readonly SemaphoreSlim _room = new(MaxBatches);

    // The event does not spin: a request takes longer than any spin, so spinning would only use the processor.
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);

    /// <summary>Queues a small action, such as a verbose line or a warning, for the pipeline thread. Callable from any thread.</summary>
    public void Post(Action action)
    {
        _actions.Enqueue(action);
        _wake.Set();
    }

    /// <summary>Queues a batch of rows. Blocks while the queue is full.</summary>
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

    /// <summary>Resets the event. Call it before reading the state that is waited for; a change after that makes the next <see cref="Wait"/> return at once.</summary>
    public void Rearm() => _wake.Reset();

    /// <summary>Runs the queued actions. Call it on the pipeline thread. Exceptions of the actions are not caught.</summary>
    public void Drain()
    {
        while (_actions.TryDequeue(out Action? action))
            action();
    }

    /// <summary>Waits until something is queued, but no longer than <paramref name="atMost"/>.</summary>
    public void Wait(TimeSpan atMost, CancellationToken cancel) => _wake.Wait(atMost, cancel);

    public void Dispose()
    {
        _room.Dispose();
        _wake.Dispose();
    }
}
