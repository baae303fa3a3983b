using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>
/// Works on many items at once and gives the results back in the order the items came. Input is never held up: a list that
/// is still being read must not stall because the acts on its rows wait for the rate limit.
/// </summary>
internal sealed class OrderedWork(int throttle, Pump pump, CancellationToken cancel)
{
    private readonly ConcurrentQueue<WorkSlot> _todo = new();
    private readonly Queue<WorkSlot> _inOrder = new();
    private readonly List<Task> _workers = [];
    private int _running;
    private int _done;
    private int _failed;
    private volatile bool _closed;

    public int Total { get; private set; }

    public int Done => Volatile.Read(ref _done);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Whether every result has been given back. On the pipeline thread.</summary>
    public bool IsFlushed => _inOrder.Count == 0;

    /// <summary>Queues one item. On the pipeline thread.</summary>
    /// <param name="work">Does the item and answers what to do with the outcome on the pipeline thread.</param>
    public void Add(Func<CancellationToken, Task<Outcome>> work)
    {
        var slot = new WorkSlot(work);
        Total++;
        _inOrder.Enqueue(slot);
        _todo.Enqueue(slot);
        if (Volatile.Read(ref _running) < throttle)
        {
            Interlocked.Increment(ref _running);
            _workers.RemoveAll(static worker => worker.IsCompleted);
            _workers.Add(Task.Run(WorkAsync, CancellationToken.None));
        }
    }

    /// <summary>Starts nothing new: the error just met would meet every other item too.</summary>
    public void Close() => _closed = true;

    /// <summary>Gives back what is complete at the head, in order. On the pipeline thread; whatever writing throws passes through.</summary>
    public void Flush()
    {
        while (_inOrder.Count > 0 && _inOrder.Peek().Outcome is { } outcome)
        {
            _inOrder.Dequeue();
            Write(outcome);
        }
    }

    /// <summary>Gives back every success there is, in order: for when the rest is given up.</summary>
    public void FlushSuccesses()
    {
        while (_inOrder.Count > 0)
        {
            if (_inOrder.Dequeue().Outcome is { Failed: false } outcome)
                Write(outcome);
        }
    }

    /// <summary>Completes when no worker runs any more.</summary>
    public Task WhenIdle => Task.WhenAll(_workers);

    /// <summary>Writes one result. If writing throws, because the pipeline was stopped, the result does not count as written.</summary>
    private static void Write(Outcome outcome)
    {
        outcome.Write();
        outcome.Written?.Invoke();
    }

    private async Task WorkAsync()
    {
        do
        {
            while (!_closed && !cancel.IsCancellationRequested && _todo.TryDequeue(out WorkSlot? slot))
            {
                Outcome outcome = await slot.Work(cancel).ConfigureAwait(false);
                Interlocked.Increment(ref _done);
                if (outcome.Failed)
                    Interlocked.Increment(ref _failed);
                slot.Outcome = outcome;
                pump.Wake();
            }
            Interlocked.Decrement(ref _running);
        }
        // An item queued between the empty look and the decrement would find no worker: look once more.
        while (!_closed && !cancel.IsCancellationRequested && !_todo.IsEmpty && TryReenter());
    }

    private bool TryReenter()
    {
        if (Interlocked.Increment(ref _running) <= throttle)
            return true;
        Interlocked.Decrement(ref _running);
        return false;
    }
}
