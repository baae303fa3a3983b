using System;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>Represents a prepared statement that is run many times.</summary>
internal sealed class Statement : IDisposable
{
    /// <summary>The range of DateTimeOffset, in milliseconds since 1970.</summary>
    private const long FirstMoment = -62_135_596_800_000, LastMoment = 253_402_300_799_999;

    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteFault.Check(raw.sqlite3_prepare_v2(db, sql, out _statement), db);
    }

    /// <summary>Binds values to the parameters, from the first one on, and runs the statement to its end.</summary>
    /// <returns>The number of changed rows.</returns>
    public int Run(params object?[] values)
    {
        Bind(values);
        return Run();
    }

    /// <summary>Runs the statement to its end with the values bound before.</summary>
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
                default: throw new ArgumentException("A value of type " + values[i]!.GetType() + " cannot be stored.", nameof(values));
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

    /// <summary>Moves to the next row. Returns false at the end; the statement is then reset for its next run.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        // Reset before throwing, because an open statement would keep the transaction from ending. The message stays available on the connection.
        int reset = raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE)
            Check(reset == raw.SQLITE_OK ? code : reset);
        return false;
    }

    /// <summary>Ends a run before the last row.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Real(int column) => raw.sqlite3_column_double(_statement, column);

    public int? IntOrNull(int column) => IsNull(column) ? null : (int)Long(column);

    public double? RealOrNull(int column) => IsNull(column) ? null : Real(column);

    public bool? FlagOrNull(int column) => IsNull(column) ? null : Long(column) != 0;

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public decimal? MoneyOrNull(int column)
    {
        if (IsNull(column))
            return null;
        return decimal.TryParse(Text(column), System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture, out decimal money)
            ? money
            : throw Unreadable("an amount of money");
    }

    /// <summary>Returns a time. Throws for a value that is not a time, because SQLite stores any type in any column and converts text to 0, which would become 1970.</summary>
    /// <exception cref="FormatException">The value is not a time, so this module did not write the row.</exception>
    public DateTimeOffset Time(int column) => TryTime(column) ?? throw Unreadable("a time");

    /// <summary>Returns a time; null for a value that is not a time.</summary>
    public DateTimeOffset? TryTime(int column)
    {
        if (raw.sqlite3_column_type(_statement, column) != raw.SQLITE_INTEGER)
            return null;
        long milliseconds = Long(column);
        return milliseconds is >= FirstMoment and <= LastMoment ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    /// <summary>Returns a duration that is stored in milliseconds. A value out of range is limited to the shortest or longest possible duration.</summary>
    public TimeSpan Duration(int column) => new(Math.Min(Math.Max(0, Long(column)), LastMoment) * TimeSpan.TicksPerMillisecond);

    public void Dispose() => _statement.Dispose();

    /// <summary>Returns the exception for an invalid value. It is not a SqliteFault, because the file is not damaged, and replacing it would lose its launches.</summary>
    private static FormatException Unreadable(string what) => new("A row contains a value that is not " + what + ".");

    private void SetNull(int parameter) => Check(raw.sqlite3_bind_null(_statement, parameter));

    private void Check(int code) => SqliteFault.Check(code, _db);
}
