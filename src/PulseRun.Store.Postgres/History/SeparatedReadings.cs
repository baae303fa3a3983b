using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Store.History;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Writes readings where the database separates them by account, for which PostgreSQL offers no COPY: as one statement, whose rows the database checks.</summary>
internal static class SeparatedReadings
{
    private const string InsertRows = "INSERT INTO pulserun.sample (ts, judged, instance, disk, detail) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::real[], $5::text[])";

    /// <summary>Returns true when the readings are separated for this login.</summary>
    public static bool AreIn(Session session) => session.One("SELECT row_security_active('pulserun.sample')") is true;

    /// <summary>Writes the readings that are young enough, and returns how many.</summary>
    public static int Insert(Session session, Dictionary<string, int> rows, IReadOnlyList<InstanceMetrics> readings, List<Reading> packed, DateTimeOffset oldest)
    {
        List<int> kept = Enumerable.Range(0, packed.Count).Where(i => packed[i].At >= oldest).ToList();
        List<(float? Disk, string? Text)> details = kept.ConvertAll(i => ReadingDetail.Write(readings[i], packed[i]));
        return session.Run(
            InsertRows,
            kept.ConvertAll(i => packed[i].At.ToUnixTimeMilliseconds()).ToArray(),
            kept.ConvertAll(i => PackedReading.Pack(packed[i])).ToArray(),
            kept.ConvertAll(i => rows[readings[i].Id]).ToArray(),
            details.ConvertAll(static one => one.Disk).ToArray(),
            details.ConvertAll(static one => one.Text).ToArray());
    }
}
