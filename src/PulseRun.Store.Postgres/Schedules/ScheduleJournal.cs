using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Launch;

namespace PulseRun.Store.Postgres.Schedules;

/// <summary>Stores the schedule journal for all hosts.</summary>
internal sealed class ScheduleJournal(Database database) : IScheduleJournal
{
    private const string Insert = """
        INSERT INTO pulserun.schedule_intent (intent, account, name, gpu, template, cron, max_hours, max_cost, spot, docker_image, before, requested_at, request_timeout, owner)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string SelectOpen = """
        SELECT intent, name, gpu, template, cron, max_hours, max_cost, spot, docker_image, before, requested_at, request_timeout, owner, sent_at, boot, sent_tick, ended_tick, answered, met_boot, met_tick
        FROM pulserun.schedule_intent WHERE account = $1 AND outcome IS NULL ORDER BY requested_at, intent
        """;

    private const string MarkIntentSent = "UPDATE pulserun.schedule_intent SET sent_at = $2, boot = $3, sent_tick = $4, ended_tick = NULL, answered = false WHERE intent = $1 AND outcome IS NULL";

    /// <summary>Closes an intent, unless another intent has the schedule.</summary>
    private const string CloseIntent = """
        UPDATE pulserun.schedule_intent AS mine SET outcome = $2, schedule = $3::text, resolved_at = $4, owner = NULL WHERE intent = $1 AND outcome IS NULL
            AND NOT EXISTS (SELECT 1 FROM pulserun.schedule_intent other WHERE other.account = mine.account AND other.schedule = $3::text AND other.intent <> $1)
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    public ScheduleRecord? Begin(string account, ScheduleRecord intent) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Schedules, number);
            ScheduleRequest request = intent.Request;
            if (Read(session, number).Find(open => ScheduleMatcher.IsSameName(open.Request.Name, request.Name)) is { } other)
                return other;
            session.Run(
                Insert, intent.IntentId, number, request.Name, request.Gpu, request.Template, request.Cron, request.MaxDurationHours, request.MaxCost, request.Spot, request.DockerImage,
                string.Join("\n", intent.Before), intent.RequestedAt, LaunchRows.Milliseconds(intent.RequestTimeout), HostIdentity.Process);
            return null;
        });

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        if (database.Write(session => session.Run(MarkIntentSent, intentId, sentAt, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot))) == 0)
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The schedule is no longer in the store on " + database.Where + ".");
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) =>
        database.Write(session => session.Run("UPDATE pulserun.schedule_intent SET ended_tick = $2, answered = $3 WHERE intent = $1 AND boot = $4", intentId, LaunchRows.Milliseconds(clock.SinceBoot), isAnswered, clock.Boot));

    public void Meet(Guid intentId, SteadyTime clock) =>
        database.Write(session => session.Run("UPDATE pulserun.schedule_intent SET met_boot = $2, met_tick = $3 WHERE intent = $1 AND met_boot IS DISTINCT FROM $2", intentId, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot)));

    public bool Close(Guid intentId, string? scheduleId, DateTimeOffset now) =>
        database.Write(session =>
        {
            if (session.One("SELECT account FROM pulserun.schedule_intent WHERE intent = $1", intentId) is not int account)
                return false;
            session.Lock(AccountLock.Schedules, account);
            session.Run("DELETE FROM pulserun.schedule_intent WHERE resolved_at < $1", Expiry.Before(now, session.Now, s_kept));
            LaunchOutcome outcome = scheduleId is null ? LaunchOutcome.NotLaunched : LaunchOutcome.Launched;
            return session.Run(CloseIntent, intentId, (int)outcome, scheduleId, now) == 1;
        });

    public void Release(Guid intentId) => database.Write(session => session.Run("UPDATE pulserun.schedule_intent SET owner = NULL WHERE intent = $1", intentId));

    public IReadOnlyList<ScheduleRecord> Open(string account) =>
        database.Read(session => session.FindAccount(account) is { } number ? Read(session, number) : []);

    public ISet<string> Claimed(string account) =>
        database.Read(session => new HashSet<string>(
            session.FindAccount(account) is { } number ? session.All("SELECT schedule FROM pulserun.schedule_intent WHERE account = $1 AND schedule IS NOT NULL", static row => row.Text(0), number) : [],
            StringComparer.Ordinal));

    private static List<ScheduleRecord> Read(Session session, int account) =>
        session.All(SelectOpen, static row =>
        {
            string? boot = row.TextOrNull(14);
            return new ScheduleRecord
            {
                IntentId = row.Id(0),
                Request = new ScheduleRequest
                {
                    Name = row.Text(1),
                    Gpu = row.Text(2),
                    Template = row.Text(3),
                    Cron = row.Text(4),
                    MaxDurationHours = row.MoneyOrNull(5),
                    MaxCost = row.MoneyOrNull(6),
                    Spot = row.FlagOrNull(7),
                    DockerImage = row.TextOrNull(8),
                },
                Before = row.Text(9).Split(['\n'], StringSplitOptions.RemoveEmptyEntries),
                RequestedAt = row.Time(10),
                RequestTimeout = row.Duration(11),
                OwnerState = HostIdentity.StateOf(row.TextOrNull(12)),
                SentAt = row.TimeOrNull(13),
                Sent = Steady(row, boot, 15),
                Ended = Steady(row, boot, 16),
                IsAnswered = row.Flag(17),
                FirstMet = Steady(row, row.TextOrNull(18), 19),
            };
        }, account);

    private static SteadyTime? Steady(Row row, string? boot, int tick) =>
        boot is not null && row.DurationOrNull(tick) is { } time ? new SteadyTime(boot, time) : null;
}
