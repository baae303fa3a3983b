using System;
using System.Collections.Generic;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Launch;

/// <summary>Maps the attempts of launch plans to the rows of the table <c>launch_attempt</c>.</summary>
internal static class AttemptRows
{
    private const string Columns = "number, gpu, region, provider, spot, began_at, took, error, answer, instance";

    private const string Upsert = "INSERT INTO pulserun.launch_attempt (intent, " + Columns + """
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (intent, number) DO UPDATE SET gpu = excluded.gpu, region = excluded.region, provider = excluded.provider, spot = excluded.spot, began_at = excluded.began_at,
            took = excluded.took, error = excluded.error, answer = excluded.answer, instance = excluded.instance
        """;

    /// <summary>Attempts are kept for this time, as long as their launches.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    /// <summary>Writes an attempt, or its answer. The first attempt of a plan also deletes old rows.</summary>
    public static int Write(Session session, Guid intentId, LaunchAttempt attempt)
    {
        if (attempt is { Number: 1, Duration: null })
            session.Run("DELETE FROM pulserun.launch_attempt WHERE began_at < $1", Expiry.Before(attempt.StartedAt, session.Now, s_kept));
        return session.Run(
            Upsert, intentId, attempt.Number, attempt.Gpu, attempt.Region, attempt.Provider, attempt.Spot, attempt.StartedAt, LaunchRows.Milliseconds(attempt.Duration), attempt.ErrorId, attempt.Answer, attempt.InstanceId);
    }

    /// <summary>Returns the attempts of one plan, oldest first.</summary>
    public static IReadOnlyList<LaunchAttempt> Read(Session session, Guid intentId) =>
        session.All("SELECT " + Columns + " FROM pulserun.launch_attempt WHERE intent = $1 ORDER BY number", static row => new LaunchAttempt
        {
            Number = row.Int(0),
            Gpu = row.Text(1),
            Region = row.TextOrNull(2),
            Provider = row.TextOrNull(3),
            Spot = row.FlagOrNull(4),
            StartedAt = row.Time(5),
            Duration = row.DurationOrNull(6),
            ErrorId = row.TextOrNull(7),
            Answer = row.TextOrNull(8),
            InstanceId = row.TextOrNull(9),
        }, intentId);
}
