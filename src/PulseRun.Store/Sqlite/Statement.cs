using System;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>A prepared statement, run many times. SqliteCommand looks each parameter up by name and boxes each value: too dear for a thousand readings a tick.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(db, sql, out _statement), db);
    }

    /// <summary>Binds values from the first parameter on and runs to the end.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run(params object?[] values)
    {
        Bind(values);
        return Run();
    }

    /// <summary>Runs to the end with what is bound.</summary>
    public int Run()
    {
        while (Step())
        {
        }
        return raw.sqlite3_changes(_db);
    }

    public Statement Bind(params object?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            switch (values[i])
            {
                case null: SetNull(i + 1); break;
                case long number: Set(i + 1, number); break;
                case int number: Set(i + 1, number); break;
                case bool flag: Set(i + 1, flag ? 1 : 0); break;
                case string text: Set(i + 1, text); break;
                case DateTimeOffset time: Set(i + 1, time.ToUnixTimeMilliseconds()); break;
                case decimal money: Set(i + 1, money.ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
                default: throw new ArgumentException("No way to store a " + values[i]!.GetType() + ".", nameof(values));
            }
        }
        return this;
    }

    public void Set(int parameter, long value) => Check(raw.sqlite3_bind_int64(_statement, parameter, value));

    public void Set(int parameter, long? value)
    {
        if (value is { } known)
            Set(parameter, known);
        else
            SetNull(parameter);
    }

    public void Set(int parameter, double? value) =>
        Check(value is { } known ? raw.sqlite3_bind_double(_statement, parameter, known) : raw.sqlite3_bind_null(_statement, parameter));

    public void Set(int parameter, string? value) =>
        Check(value is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, value));

    /// <summary>Goes to the next row; false at the end, where the statement is ready for its next run.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        // Reset first: the message is of the connection, and a statement left open would keep the transaction from ending.
        int reset = raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE)
            Check(reset == raw.SQLITE_OK ? code : reset);
        return false;
    }

    /// <summary>Ends a run before its end.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Real(int column) => raw.sqlite3_column_double(_statement, column);

    public int? IntOrNull(int column) => IsNull(column) ? null : (int)Long(column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public double? RealOrNull(int column) => IsNull(column) ? null : Real(column);

    public bool? FlagOrNull(int column) => IsNull(column) ? null : Long(column) != 0;

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public decimal? MoneyOrNull(int column) =>
        IsNull(column) ? null : decimal.Parse(Text(column), System.Globalization.CultureInfo.InvariantCulture);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public void Dispose() => _statement.Dispose();

    private void SetNull(int parameter) => Check(raw.sqlite3_bind_null(_statement, parameter));

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _db);
}
