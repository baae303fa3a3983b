using System;
using System.Collections.Generic;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using PulseRun.Core.Notes;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Runs statements in one transaction. Every value is a parameter.</summary>
internal sealed class Session(NpgsqlConnection connection, NpgsqlTransaction transaction, Database database, DateTimeOffset now)
{
    private readonly Dictionary<string, int> _accounts = new(StringComparer.Ordinal);

    /// <summary>Gets the time of the database at the start of the transaction.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Gets the accounts that this transaction looked up, for the cache after its commit.</summary>
    public IReadOnlyDictionary<string, int> Accounts => _accounts;

    /// <summary>Runs a statement and returns the number of changed rows.</summary>
    public int Run(string sql, params object?[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a query and returns its rows.</summary>
    public List<T> All<T>(string sql, Func<Row, T> read, params object?[] values)
    {
        var found = new List<T>();
        Each(sql, row => found.Add(read(row)), values);
        return found;
    }

    /// <summary>Runs a query and passes each row on.</summary>
    public void Each(string sql, Action<Row> take, params object?[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        using NpgsqlDataReader reader = command.ExecuteReader();
        var row = new Row(reader);
        while (reader.Read())
            take(row);
    }

    /// <summary>Runs a query and returns the first value of the first row; null without one.</summary>
    public object? One(string sql, params object?[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Starts a binary COPY. It belongs to the transaction: without a commit no row stays.</summary>
    public NpgsqlBinaryImporter Copy(string copy) => connection.BeginBinaryImport(copy);

    /// <summary>
    /// Waits for the lock of one kind of work on one account. It ends with the transaction, so a pooler in transaction mode cannot lose it.
    /// From then on the transaction uses the rows of this account only, except that of a launch: names, notes and budgets belong to the service, whichever account wrote them.
    /// </summary>
    public void Lock(AccountLock kind, int account)
    {
        if (kind == AccountLock.Launches)
            Run("SELECT pg_advisory_xact_lock($1, $2)", (int)kind, account);
        else
            Run("SELECT pg_advisory_xact_lock($1, $2), set_config('pulserun.account', $3, true)", (int)kind, account, account.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Lets the commit return before it is on the disk. A crash of the server may lose the transaction as a whole.</summary>
    public void CommitLazily() => Run("SET LOCAL synchronous_commit = off");

    /// <summary>Returns the number of an account; null when the store does not contain it.</summary>
    public int? FindAccount(string account)
    {
        if (_accounts.TryGetValue(account, out int known) || database.TryGetAccount(account, out known))
            return known;
        return One("SELECT id FROM pulserun.account WHERE digest = $1", account) is int id ? _accounts[account] = id : null;
    }

    /// <summary>Returns the number of an account. Inserts the account if necessary.</summary>
    public int Account(string account)
    {
        if (FindAccount(account) is { } known)
            return known;
        Run("INSERT INTO pulserun.account (digest) VALUES ($1) ON CONFLICT (digest) DO NOTHING", account);
        return FindAccount(account)!.Value;
    }

    /// <summary>Returns the number of an account whose service is known, and records the service. Inserts the account if necessary.</summary>
    public int Account(NoteScope scope)
    {
        int number = Account(scope.Account);
        Run("UPDATE pulserun.account SET service = $2 WHERE id = $1 AND service IS DISTINCT FROM $2", number, scope.Service);
        return number;
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (object? value in values)
            command.Parameters.Add(Parameter(value));
        return command;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new NpgsqlParameter { Value = DBNull.Value },
        DateTimeOffset time => new NpgsqlParameter { Value = time.ToUnixTimeMilliseconds(), NpgsqlDbType = NpgsqlDbType.Bigint },
        _ => new NpgsqlParameter { Value = value },
    };
}

/// <summary>Specifies the kinds of work that are done one after another: the first keys of all advisory locks of the store. The second key is the number of the account, except where a value names another one.</summary>
internal enum AccountLock
{
    /// <summary>Orders migrations of the schema. The second key is 1, because they concern the whole database.</summary>
    Migrations = 7300,

    /// <summary>Orders launches, because the check of a cost limit and the intent are one step.</summary>
    Launches = 7301,

    /// <summary>Orders the acts of cleanups, because the check of a limit and the count are one step.</summary>
    Acts = 7302,

    /// <summary>Orders writers of readings and states.</summary>
    History = 7303,

    /// <summary>Orders warnings before stops.</summary>
    Warnings = 7304,

    /// <summary>Orders changes of the partitions of the readings. The functions of 001.sql take it; the second key is 0.</summary>
    Partitions = 7305,

    /// <summary>Orders launches under budgets, because the comparison with the budgets of the service and the intent are one step. The second key is made from the address of the service, because a budget holds for all of its accounts.</summary>
    Budgets = 7306,

    /// <summary>Orders new schedules, because the check of a name and the intent are one step.</summary>
    Schedules = 7307,
}
