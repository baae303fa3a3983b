using System;
using System.IO;

namespace PulseRun.Store.Sqlite;

/// <summary>All access of this process to the file: opened at first use, one at a time, and every failure explained.</summary>
internal sealed class Database(StoreFile file) : IDisposable
{
    private readonly object _gate = new();
    private Session? _fast;
    private Session? _durable;
    private int _generation;
    private bool _disposed;

    public T Read<T>(Func<Session, T> work) => Run(durable: false, work);

    /// <summary>Writes in one transaction, which a power failure may undo.</summary>
    public T Write<T>(Func<Session, T> work) => Run(durable: false, session => session.InTransaction(work));

    /// <summary>Writes in one transaction, which is on the disk when this returns.</summary>
    public T WriteDurably<T>(Func<Session, T> work) => Run(durable: true, session => session.InTransaction(work));

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Drop();
        }
    }

    /// <summary>Runs the work, once more in a new file if this one turns out to be damaged.</summary>
    private T Run<T>(bool durable, Func<Session, T> work)
    {
        lock (_gate)
        {
#pragma warning disable CA1513 // ObjectDisposedException.ThrowIf is not in .NET Framework.
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
            // Counted before opening: a file set aside in between is opened anew next time, at worst once for nothing.
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
            // Windows does not let a file be moved that another process has open.
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
