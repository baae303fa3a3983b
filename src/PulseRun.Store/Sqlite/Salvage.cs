using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Store.Files;
using SQLitePCL;

namespace PulseRun.Store.Sqlite;

/// <summary>
/// Copies notes with their protections, and launches, from a damaged store to the new one. Reads a copy of the damaged file, from both ends of each table
/// up to the damage, and then again with the first page of the new store, because all stores have the same layout.
/// </summary>
internal sealed class Salvage(sqlite3 target, string targetPath)
{
    private const int PageSize = 4096;

    /// <summary>The tables, their keys, and the condition for a valid row, because damaged pages can be read as rows.</summary>
    private static readonly (string Table, string Key, string Where)[] s_tables =
    [
        ("account", "id", "typeof(id) = 'integer' AND typeof(digest) = 'text'"),
        ("note", "id", "typeof(id) = 'integer' AND typeof(service) = 'text' AND typeof(instance) IN ('text', 'null') AND typeof(bound_at) = 'integer' AND typeof(changed_at) = 'integer'"
            + " AND typeof(expires_at) IN ('integer', 'null') AND typeof(gone_since) IN ('integer', 'null') AND typeof(protected_at) IN ('integer', 'null') AND typeof(protected_until) IN ('integer', 'null')"),
        // A store of an earlier version has its protections in a table of their own.
        (OldProtections, "account {0}, instance {0}", "typeof(account) = 'integer' AND typeof(instance) = 'text' AND typeof(created_at) = 'integer' AND typeof(until) IN ('integer', 'null')"),
        ("launch", "intent", "typeof(intent) = 'text' AND length(intent) = 36 AND typeof(account) = 'integer' AND typeof(requested_at) = 'integer'"),
    ];

    private const string OldProtections = "protection";

    /// <summary>The columns of a note for those of a protection.</summary>
    private static readonly (string Note, string Protection)[] s_protection =
    [
        ("service", "''"), ("account", "account"), ("instance", "instance"), ("protect_reason", "reason"), ("protected_until", "until"), ("protected_at", "created_at"), ("bound_at", "created_at"), ("changed_at", "created_at"),
    ];

    private bool _isWhole;

    /// <summary>Copies the readable rows.</summary>
    /// <param name="damaged">The path of the damaged file. Its write-ahead log is in the same folder.</param>
    /// <returns>The numbers of protections and launches in the new store.</returns>
    public (long Protections, long Launches) From(string damaged)
    {
        string scratch = targetPath + ".salvage-" + Guid.NewGuid().ToString("N");
        try
        {
            foreach ((bool withFirstPage, bool withLog) in new[] { (false, true), (true, true), (true, false) })
            {
                Copy(damaged, scratch);
                if (withLog && File.Exists(damaged + "-wal"))
                    Copy(damaged + "-wal", scratch + "-wal");
                if (withFirstPage)
                    ReplaceFirstPage(scratch);
                _isWhole = true;
                Read(scratch);
                Delete(scratch);
                if (_isWhole)
                    break;
            }
        }
        finally
        {
            Delete(scratch);
        }
        return (Count("note WHERE protected_at IS NOT NULL"), Count("launch"));
    }

    private void Read(string scratch)
    {
        int code = raw.sqlite3_open_v2(scratch, out sqlite3 source, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        using (source)
        {
            if (code != raw.SQLITE_OK)
            {
                _isWhole = false;
                return;
            }
            Schema.Execute(target, "BEGIN IMMEDIATE");
            foreach ((string table, string key, string where) in s_tables)
            {
                if (!TryRead(source, table, key, where, "ASC"))
                {
                    _isWhole = false;
                    TryRead(source, table, key, where, "DESC");
                }
            }
            Schema.Execute(target, "COMMIT");
        }
    }

    /// <summary>Copies row by row until the end or the damage. Returns true when the end was reached.</summary>
    private bool TryRead(sqlite3 source, string table, string key, string where, string direction)
    {
        try
        {
            bool isOld = table == OldProtections;
            List<string> present = Columns(source, table);
            if (isOld && present.Count == 0)
                return true;
            string[] columns = isOld ? [.. s_protection.Select(static one => one.Protection)] : [.. present.Intersect(Columns(target, table), StringComparer.Ordinal)];
            if (columns.Length == 0)
                return false;
            string order = key.Contains("{0}") ? string.Format(CultureInfo.InvariantCulture, key, direction) : key + " " + direction;
            using var rows = new Statement(source, "SELECT " + string.Join(", ", columns.Select(static one => "quote(" + one + ")")) + " FROM " + table + " WHERE " + where + " ORDER BY " + order);
            string insert = "INSERT OR IGNORE INTO " + (isOld ? "note" : table) + " (" + string.Join(", ", isOld ? s_protection.Select(static one => one.Note) : columns) + ") VALUES (";
            while (rows.Step())
                Insert(insert + string.Join(", ", columns.Select((_, index) => rows.Text(index))) + ")");
            return true;
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    /// <summary>Inserts a row. A row that violates a constraint of the new table is skipped.</summary>
    private void Insert(string sql)
    {
        try
        {
            Schema.Execute(target, sql);
        }
        catch (SqliteFault e) when (!StoreFile.IsDamage(e))
        {
            _isWhole = false;
        }
    }

    private static List<string> Columns(sqlite3 db, string table)
    {
        var names = new List<string>();
        using var rows = new Statement(db, "SELECT name FROM pragma_table_info('" + table + "')");
        while (rows.Step())
            names.Add(rows.Text(0));
        return names;
    }

    private long Count(string table)
    {
        using var count = new Statement(target, "SELECT count(*) FROM " + table);
        return count.Step() ? count.Long(0) : 0;
    }

    /// <summary>Replaces the first page, which contains the header and the locations of the tables. The pages after it may be intact.</summary>
    private void ReplaceFirstPage(string scratch)
    {
        Schema.Execute(target, "PRAGMA wal_checkpoint(TRUNCATE)");
        byte[] page = new byte[PageSize];
        using (FileStream sound = PrivateFiles.Read(targetPath))
        {
            for (int read = 0, got; read < PageSize && (got = sound.Read(page, read, PageSize - read)) > 0;)
                read += got;
        }
        using FileStream file = PrivateFiles.Open(scratch, FileMode.OpenOrCreate, FileShare.ReadWrite);
        WriteNumber(page, 28, (uint)(file.Length / PageSize));
        // Clears the list of free pages, which belongs to the other file.
        WriteNumber(page, 32, 0);
        WriteNumber(page, 36, 0);
        file.Write(page, 0, PageSize);
    }

    private static void WriteNumber(byte[] page, int at, uint value)
    {
        for (int i = 0; i < 4; i++)
            page[at + i] = (byte)(value >> (24 - 8 * i));
    }

    private static void Copy(string from, string to)
    {
        using FileStream source = PrivateFiles.Read(from);
        using FileStream target = PrivateFiles.Open(to, FileMode.Create, FileShare.ReadWrite);
        source.CopyTo(target);
    }

    private static void Delete(string scratch)
    {
        foreach (string part in new[] { "", "-wal", "-shm", "-journal" })
        {
            if (File.Exists(scratch + part))
                File.Delete(scratch + part);
        }
    }
}
