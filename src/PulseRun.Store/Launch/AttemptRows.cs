using System;
using System.Collections.Generic;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Launch;

/// <summary>Maps the attempts of launch plans to the rows of the table <c>launch_attempt</c>.</summary>
internal static class AttemptRows
{
    private const string Columns = "number, gpu, region, provider, spot, began_at, took, error, answer, instance";

    private const string Upsert = "INSERT OR REPLACE INTO launch_attempt (intent, " + Columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

    /// <summary>Attempts are kept for this time, as long as their launches.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    /// <summary>Writes an attempt, or its answer. The first attempt of a plan also deletes old rows.</summary>
    public static int Write(Session session, Guid intentId, LaunchAttempt attempt)
    {
        if (attempt is { Number: 1, Duration: null })
            session.Sql("DELETE FROM launch_attempt WHERE began_at < ?1").Run(Retention.Before(attempt.StartedAt, s_kept));
        return session.Sql(Upsert).Run(
            LaunchRows.Key(intentId), attempt.Number, attempt.Gpu, attempt.Region, attempt.Provider, attempt.Spot, attempt.StartedAt, LaunchRows.Milliseconds(attempt.Duration), attempt.ErrorId, attempt.Answer,
            attempt.InstanceId);
    }

    /// <summary>Returns the attempts of one plan, oldest first.</summary>
    public static IReadOnlyList<LaunchAttempt> Read(Session session, Guid intentId)
    {
        var found = new List<LaunchAttempt>();
        Statement rows = session.Sql("SELECT " + Columns + " FROM launch_attempt WHERE intent = ?1 ORDER BY number").Bind(LaunchRows.Key(intentId));
        while (rows.Step())
        {
            found.Add(new LaunchAttempt
            {
                Number = rows.IntOrNull(0) ?? 0,
                Gpu = rows.Text(1),
                Region = rows.TextOrNull(2),
                Provider = rows.TextOrNull(3),
                Spot = rows.FlagOrNull(4),
                StartedAt = rows.Time(5),
                Duration = rows.IsNull(6) ? null : rows.Duration(6),
                ErrorId = rows.TextOrNull(7),
                Answer = rows.TextOrNull(8),
                InstanceId = rows.TextOrNull(9),
            });
        }
        return found;
    }
}
