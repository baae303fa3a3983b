using System;
using System.Collections.Generic;
using PulseRun.Core.Notes;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>Holds one open connection with its prepared statements and its cache of row numbers. It is discarded after any failure, because cached numbers may have been rolled back.</summary>
internal sealed class Session : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _accounts = new(StringComparer.Ordinal);
    private readonly HashSet<long> _served = [];
    private readonly Dictionary<(long Account, string Id), long> _instances = [];

    public Session(sqlite3 connection) => _connection = connection;

    public Statement Sql(string sql)
    {
        if (!_statements.TryGetValue(sql, out Statement? statement))
            _statements[sql] = statement = new Statement(_connection, sql);
        return statement;
    }

    /// <summary>Runs the work in one transaction. Takes the write lock at the start, because SQLite cannot wait for the lock when a read transaction becomes a write transaction.</summary>
    public T InTransaction<T>(Func<Session, T> work)
    {
        Sql("BEGIN IMMEDIATE").Run();
        try
        {
            T result = work(this);
            Sql("COMMIT").Run();
            return result;
        }
        catch
        {
            // SQLite has already rolled back after some errors, such as a full disk.
            if (raw.sqlite3_get_autocommit(_connection) == 0)
                Sql("ROLLBACK").Run();
            throw;
        }
    }

    /// <summary>Returns the number of an account; null when the store does not contain it.</summary>
    public long? FindAccount(string account)
    {
        if (_accounts.TryGetValue(account, out long known))
            return known;
        Statement find = Sql("SELECT id FROM account WHERE digest = ?1").Bind(account);
        if (!find.Step())
            return null;
        long id = find.Long(0);
        find.Reset();
        return _accounts[account] = id;
    }

    /// <summary>Returns the number of an account. Inserts the account if necessary.</summary>
    public long Account(string account)
    {
        if (FindAccount(account) is { } known)
            return known;
        Sql("INSERT INTO account (digest) VALUES (?1)").Run(account);
        return FindAccount(account)!.Value;
    }

    /// <summary>Returns the number of an account whose service is known, and records the service. Inserts the account if necessary.</summary>
    public long Account(NoteScope scope)
    {
        long number = Account(scope.Account);
        if (_served.Add(number))
            Sql("UPDATE account SET service = ?2 WHERE id = ?1 AND service IS NOT ?2").Run(number, scope.Service);
        return number;
    }

    /// <summary>Returns the number of an instance; null when the store does not contain it.</summary>
    public long? FindInstance(long account, string id)
    {
        if (_instances.TryGetValue((account, id), out long known))
            return known;
        Statement find = Sql("SELECT id FROM instance WHERE account = ?1 AND name = ?2").Bind(account, id);
        if (!find.Step())
            return null;
        long number = find.Long(0);
        find.Reset();
        return _instances[(account, id)] = number;
    }

    /// <summary>Updates the row of an instance and returns its number. Inserts the row if necessary.</summary>
    /// <param name="account">The number of the account.</param>
    /// <param name="id">The id of the instance.</param>
    /// <param name="seen">The time at which the instance was first seen, for a new row.</param>
    /// <param name="update">Updates the row with a given number and returns the number of changed rows: 0 when another process has deleted the row since the number was cached.</param>
    public long Instance(long account, string id, long seen, Func<long, int> update)
    {
        while (true)
        {
            if (FindInstance(account, id) is not { } number)
                Sql("INSERT INTO instance (account, name, first_seen) VALUES (?1, ?2, ?3)").Run(account, id, seen);
            else if (update(number) == 1)
                return number;
            else
                _instances.Remove((account, id));
        }
    }

    /// <summary>Clears the cache of instance numbers.</summary>
    public void ForgetInstances() => _instances.Clear();

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
            statement.Dispose();
        _connection.Dispose();
    }
}
