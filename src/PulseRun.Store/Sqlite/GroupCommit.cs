using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;

namespace PulseRun.Store.Sqlite;

/// <summary>Lets callers that come at once share one flush to the disk: while one is being written, the next ones gather.</summary>
internal sealed class GroupCommit(Database database)
{
    private readonly object _turn = new();
    private readonly object _queue = new();
    private List<Item> _waiting = [];

    /// <summary>Returns when the work is on the disk. The work may run more than once, and only the last run counts.</summary>
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
#pragma warning disable CA1031 // It is rethrown to each of those whose work it was.
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

        /// <summary>Written and read under the turn.</summary>
        public bool Done { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
