using System;
using System.Collections.Generic;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Reads the rows of 5 minutes that the upkeep makes of old readings. <c>Schema/004.sql</c> writes them; a row gives back each of its readings as a verdict needs it.</summary>
internal static class RolledReadings
{
    /// <summary>The length of a row in milliseconds. A reading is less than this after the first one of its row.</summary>
    public const long RowLength = 300_000;

    private const int WordLength = 8, UptimeBits = 27;

    /// <summary>The bits of the number of GPUs, which is the same for all readings of a row.</summary>
    private const long CountBits = 31L << UptimeBits + 1;

    private const string Columns = "SELECT r.ts, r.instance, r.judged, r.trace, r.disk FROM pulserun.rollup r ";

    /// <summary>Selects the rows with readings in a time.</summary>
    private const string Within = Columns + "WHERE r.ts > $1 AND r.ts <= $2 AND ($3::integer[] IS NULL OR r.instance = ANY($3::integer[])) ORDER BY r.ts";

    /// <summary>Selects the rows that can have the last reading of an instance in a time.</summary>
    private const string Last = """
        SELECT r.ts, r.instance, r.judged, r.trace, r.disk FROM (
            SELECT *, max(ts) OVER (PARTITION BY instance) AS newest FROM pulserun.rollup WHERE ts > $1 AND ts <= $2 AND ($3::integer[] IS NULL OR instance = ANY($3::integer[]))
        ) r WHERE r.ts > r.newest - 300000
        """;

    private const string OfAccount = Columns + "JOIN pulserun.instance i ON i.id = r.instance WHERE r.ts > $1 AND r.ts <= $2 AND i.account = $3 AND ($4::text IS NULL OR i.name = $4::text) ORDER BY r.ts";

    /// <summary>Passes on the readings after a time up to and including another one.</summary>
    public static void Between(Session session, long after, long upTo, int[]? instances, Action<RolledReading> take) =>
        Read(session, Within, after, upTo, take, after - RowLength, upTo, instances);

    /// <summary>Passes on readings after a time up to and including another one, among them the last one of each instance.</summary>
    public static void LastBetween(Session session, long after, long upTo, int[]? instances, Action<RolledReading> take) =>
        Read(session, Last, after, upTo, take, after - RowLength, upTo, instances);

    /// <summary>Passes on the readings of an account after a time up to and including another one.</summary>
    public static void OfAccountBetween(Session session, int account, string? id, long after, long upTo, Action<RolledReading> take) =>
        Read(session, OfAccount, after, upTo, take, after - RowLength, upTo, account, id);

    private static void Read(Session session, string sql, long after, long upTo, Action<RolledReading> take, params object?[] values) =>
        session.Each(sql, row =>
        {
            foreach (RolledReading reading in Unroll(row.Long(0), row.Int(1), row.Long(2), row.BytesOrNull(3), row.SingleOrNull(4)))
            {
                if (reading.At > after && reading.At <= upTo)
                    take(reading);
            }
        }, values);

    /// <summary>Returns the readings of a row.</summary>
    /// <exception cref="FormatException">This module did not write the row.</exception>
    private static IEnumerable<RolledReading> Unroll(long first, int instance, long judged, byte[]? trace, float? disk)
    {
        if (trace is null)
        {
            yield return new RolledReading(first, instance, judged, disk);
            yield break;
        }
        if (trace.Length % WordLength != 0)
            throw new FormatException("the trace of a row of 5 minutes is not one.");
        long uptime = judged & (1L << UptimeBits) - 1, start = first - first % RowLength;
        // The starts of the instance by the readings of one row lie within 100 seconds; each word has the place of its own start in them.
        long started = first / 1000 - uptime;
        long epoch = started - ((started % 100 + 100) % 100);
        for (int i = 0; i < trace.Length; i += WordLength)
        {
            long word = 0;
            for (int b = 0; b < WordLength; b++)
                word = word << 8 | trace[i + b];
            long at = start + (word >> 38);
            yield return new RolledReading(at, instance, (word >> 18 & 0xFFFFF) << 43 | (word >> 8 & 1023) << 33 | judged & CountBits | (word >> 7 & 1) << UptimeBits | (uptime > 0 ? at / 1000 - epoch - (word & 127) : 0), disk);
        }
    }
}

/// <summary>Represents one reading of a row of 5 minutes.</summary>
/// <param name="At">The time in milliseconds.</param>
/// <param name="Instance">The number of the instance.</param>
/// <param name="Judged">The packed values.</param>
/// <param name="Disk">The highest disk use of the row.</param>
internal readonly record struct RolledReading(long At, int Instance, long Judged, float? Disk);
