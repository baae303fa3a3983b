using System;
using System.Globalization;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>Represents an error of SQLite. Callers of the store receive a <see cref="StoreUnavailableException"/> instead (<see cref="StoreFile.Explain"/>).</summary>
internal sealed class SqliteFault(int code, string message) : Exception("SQLite error " + code.ToString(CultureInfo.InvariantCulture) + ": " + message + ".")
{
    /// <summary>Gets the primary result code of SQLite: https://www.sqlite.org/rescode.html.</summary>
    public int Code { get; } = code;

    /// <summary>Throws when the result code is an error.</summary>
    public static void Check(int code, sqlite3 db)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;
        string message = db.IsInvalid ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(db).utf8_to_string();
        throw new SqliteFault(code & 0xff, message);
    }
}
