using System;
using System.IO;

namespace PulseRun.Store.Sqlite;

/// <summary>Serialises all access of this process to the store. Opens the file at first use, and converts every failure to a StoreUnavailableException.</summary>
internal sealed class Database(StoreFile file) : IDisposable
{
    private readonly object _gate = new();
    private Session? _fast;
    private Session? _durable;
    private int _generation;
    private bool _disposed;

    public T Read<T>(Func<Session, T> work) => Run(durable: false, work);

    /// <summary>Runs the work in one transaction, which a power failure may undo.</summary>
    public T Write<T>(Func<Session, T> work) => Run(durable: false, session => session.InTransaction(work));

    /// <summary>Runs the work in one transaction, which is on the disk when this method returns.</summary>
    public T WriteDurably<T>(Func<Session, T> work) => Run(durable: true, session => session.InTransaction(work));

    /// <summary>Moves what the log has into the main file, as far as no other process is reading it. SQLite otherwise does so when the log has 1,000 pages, or when the last process closes the file.</summary>
    public void MoveLogIntoFile() => Run(durable: true, static session =>
    {
        Statement move = session.Sql("PRAGMA wal_checkpoint(PASSIVE)");
        bool isDone = move.Step();
        move.Reset();
        return isDone;
    });

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Drop();
        }
    }

    /// <summary>Runs the work. If the file is damaged, replaces it by a new one and runs the work again.</summary>
    private T Run<T>(bool durable, Func<Session, T> work)
    {
        lock (_gate)
        {
#pragma warning disable CA1513 // .NET Framework lacks ObjectDisposedException.ThrowIf.
            if (_disposed)
                throw new ObjectDisposedException(nameof(Database));
#pragma warning restore CA1513
            for (bool again = false; ; again = true)
            {
                try
                {
                    return work(Current(durable));
                }
                catch (Exception e)
                {
                    Drop();
                    if (!StoreFile.CanExplain(e))
                        throw;
                    if (again || e is not SqliteFault damage || !StoreFile.IsDamage(damage) || !Quarantine())
                        throw file.Explain(e);
                }
            }
        }
    }

    private Session Current(bool durable)
    {
        if ((_fast ?? _durable) is not null && (!file.Exists() || file.Generation() != _generation))
            Drop();
        if ((_fast ?? _durable) is null)
        {
            // Read before opening: if the file is replaced in between, the next call opens it again, which at worst is unnecessary once.
            _generation = file.Generation();
        }
        return durable ? _durable ??= new(file.Open(durable)) : _fast ??= new(file.Open(durable));
    }

    private bool Quarantine()
    {
        try
        {
            file.Quarantine();
            return true;
        }
        catch (Exception e) when (e is SqliteFault or IOException or UnauthorizedAccessException)
        {
            // On Windows a file cannot be moved while another process has it open.
            return false;
        }
    }

    private void Drop()
    {
        _fast?.Dispose();
        _durable?.Dispose();
        _fast = _durable = null;
    }
}
