using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Running;

/// <summary>
/// Works on many items concurrently and returns them in the order in which they were added. Adding never blocks: a list that is
/// still being read must not stall because the requests for its rows wait for the rate limit.
/// </summary>
/// <param name="throttle">The number of items that are worked on concurrently.</param>
/// <param name="isFatal">Returns true for an error that every other item would fail with too. No further item is started then.</param>
/// <param name="wake">Called from a worker thread when <see cref="Flush"/> has something to write. An item that is done before its predecessors is written with them, so it needs no call.</param>
/// <param name="cancel">Stops the workers: no further item is started.</param>
internal sealed class OrderedWork(int throttle, Func<Exception, bool> isFatal, Action wake, CancellationToken cancel)
{
    private readonly ConcurrentQueue<WorkItem> _todo = new();
    private readonly Queue<WorkItem> _inOrder = new();
    private readonly List<Task> _workers = [];
    private int _running;
    private int _done;
    private int _failed;
    private volatile bool _closed;

    // The item that the pipeline thread waits for.
    private volatile WorkItem? _head;

    public int Total { get; private set; }

    public int Done => Volatile.Read(ref _done);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>True when every item was returned. Read on the pipeline thread.</summary>
    public bool IsFlushed => _inOrder.Count == 0;

    /// <summary>True when items wait for a worker.</summary>
    public bool HasBacklog => !_todo.IsEmpty;

    /// <summary>Completes when no worker runs any more.</summary>
    public Task WhenIdle => Task.WhenAll(_workers);

    /// <summary>Adds one item on the pipeline thread, and starts a worker when fewer than the throttle run.</summary>
    public void Add(WorkItem item)
    {
        Total++;
        _inOrder.Enqueue(item);
        _todo.Enqueue(item);
        if (Volatile.Read(ref _running) < throttle)
        {
            Interlocked.Increment(ref _running);
            _workers.RemoveAll(static worker => worker.IsCompleted);
            _workers.Add(Task.Run(WorkAsync, CancellationToken.None));
        }
    }

    /// <summary>Writes the completed items at the head of the queue, in order. Call it on the pipeline thread. Exceptions of the writer are not caught.</summary>
    public void Flush(Action<WorkItem> write)
    {
        while (_inOrder.Count > 0)
        {
            WorkItem first = _inOrder.Peek();
            _head = first;
            // A worker completes its item and then looks at the head, and this thread sets the head and then looks at the item, each with a barrier between: one of them notices.
            Thread.MemoryBarrier();
            if (!first.IsDone)
                return;
            write(_inOrder.Dequeue());
        }
        _head = null;
    }

    /// <summary>Writes every successful item, in order, when the other items are abandoned. Items without an outcome stay, for <see cref="Unconfirmed"/>.</summary>
    public void FlushSuccesses(Action<WorkItem> write)
    {
        for (int left = _inOrder.Count; left > 0; left--)
        {
            WorkItem item = _inOrder.Dequeue();
            if (!item.IsDone)
                _inOrder.Enqueue(item);
            else if (item.Error is null)
                write(item);
        }
    }

    /// <summary>Returns the labels of the items that were sent and have no answer yet.</summary>
    public IReadOnlyList<string> Unconfirmed() => _inOrder.Where(static item => item.IsUnconfirmed).Select(static item => item.Label).ToList();

    private async Task WorkAsync()
    {
        do
        {
            while (!_closed && !cancel.IsCancellationRequested && _todo.TryDequeue(out WorkItem? item))
            {
                await item.RunAsync(cancel).ConfigureAwait(false);
                Interlocked.Increment(ref _done);
                if (item.Error is { } error)
                {
                    Interlocked.Increment(ref _failed);
                    _closed |= isFatal(error);
                }
                Thread.MemoryBarrier();
                if (_head is not { } head || head == item)
                    wake();
            }
            Interlocked.Decrement(ref _running);
        }
        // An item that was added between the failed dequeue and the decrement has no worker, so check the queue once more.
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
