using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;

namespace PulseRun.Store.Sqlite;

/// <summary>Combines concurrent writes into one transaction with one flush to the disk. While one transaction is being written, the next writes are collected.</summary>
internal sealed class GroupCommit(Database database)
{
    private readonly object _turn = new();
    private readonly object _queue = new();
    private List<Item> _waiting = [];

    /// <summary>Runs the work and returns when its result is on the disk. The work may run more than once; only the last run takes effect.</summary>
    public T Write<T>(Func<Session, T> work)
    {
        T result = default!;
        var item = new Item(session => result = work(session));
        lock (_queue)
            _waiting.Add(item);
        lock (_turn)
        {
            if (!item.Done)
                Flush();
        }
        item.Failure?.Throw();
        return result;
    }

    private void Flush()
    {
        List<Item> batch;
        lock (_queue)
        {
            batch = _waiting;
            _waiting = [];
        }
        ExceptionDispatchInfo? failure = null;
        try
        {
            database.WriteDurably(session =>
            {
                foreach (Item item in batch)
                    item.Work(session);
                return batch.Count;
            });
        }
#pragma warning disable CA1031 // The exception is rethrown to each caller whose work was in the transaction.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        foreach (Item item in batch)
        {
            item.Failure = failure;
            item.Done = true;
        }
    }

    private sealed class Item(Action<Session> work)
    {
        public Action<Session> Work { get; } = work;

        /// <summary>True when the work was committed or failed. Accessed only under the lock of the flush.</summary>
        public bool Done { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
