using System;
using System.Collections.Generic;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>One open connection with its prepared statements and the numbers it knows. Thrown away after any failure: what it knows may have been rolled back.</summary>
internal sealed class Session : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Account, string Id), long> _instances = [];

    public Session(sqlite3 connection) => _connection = connection;

    public Statement Sql(string sql)
    {
        if (!_statements.TryGetValue(sql, out Statement? statement))
            _statements[sql] = statement = new Statement(_connection, sql);
        return statement;
    }

    /// <summary>All or nothing. Takes the write lock at once: a reader that turned writer could not wait for its turn.</summary>
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
            // A full disk has SQLite roll back by itself.
            if (raw.sqlite3_get_autocommit(_connection) == 0)
                Sql("ROLLBACK").Run();
            throw;
        }
    }

    /// <summary>The account's number; null when this store has never heard of it.</summary>
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

    /// <summary>The account's number, given now if need be.</summary>
    public long Account(string account)
    {
        if (FindAccount(account) is { } known)
            return known;
        Sql("INSERT INTO account (digest) VALUES (?1)").Run(account);
        return FindAccount(account)!.Value;
    }

    /// <summary>The instance's number; null when this store has never heard of it.</summary>
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

    /// <summary>Updates the instance's row, which is made if need be, and answers its number.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="id">The instance.</param>
    /// <param name="seen">When it was seen first, if it is new.</param>
    /// <param name="update">Gets the number and answers how many rows it changed: none when another process has dropped the row since this one learnt the number.</param>
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

    /// <summary>Has all numbers looked up anew.</summary>
    public void ForgetInstances() => _instances.Clear();

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
            statement.Dispose();
        _connection.Dispose();
    }
}
