using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using PulseRun.Store.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Schedules;

/// <summary>Stores the schedule journal in the database.</summary>
internal sealed class ScheduleJournal(Database database) : IScheduleJournal
{
    private const string Insert = """
        INSERT INTO schedule_intent (intent, account, name, gpu, template, cron, max_hours, max_cost, spot, docker_image, before, requested_at, request_timeout, owner)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        """;

    private const string SelectOpen = """
        SELECT intent, name, gpu, template, cron, max_hours, max_cost, spot, docker_image, before, requested_at, request_timeout, owner, sent_at, boot, sent_tick, ended_tick, answered, met_boot, met_tick
        FROM schedule_intent WHERE account = ?1 AND outcome IS NULL ORDER BY requested_at, intent
        """;

    private const string MarkIntentSent = "UPDATE schedule_intent SET sent_at = ?2, boot = ?3, sent_tick = ?4, ended_tick = NULL, answered = 0 WHERE intent = ?1 AND outcome IS NULL";

    /// <summary>Closes an intent. The unique index of claims refuses a schedule that another intent has.</summary>
    private const string CloseIntent = "UPDATE OR IGNORE schedule_intent SET outcome = ?2, schedule = ?3, resolved_at = ?4, owner = NULL WHERE intent = ?1 AND outcome IS NULL";

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    private readonly GroupCommit _commits = new(database);

    public ScheduleRecord? Begin(string account, ScheduleRecord intent) =>
        _commits.Write(session =>
        {
            long number = session.Account(account);
            ScheduleRequest request = intent.Request;
            if (Read(session, number).FirstOrDefault(open => ScheduleMatcher.IsSameName(open.Request.Name, request.Name)) is { } other)
                return other;
            session.Sql(Insert).Run(
                LaunchRows.Key(intent.IntentId), number, request.Name, request.Gpu, request.Template, request.Cron, request.MaxDurationHours, request.MaxCost, request.Spot, request.DockerImage,
                string.Join("\n", intent.Before), intent.RequestedAt, LaunchRows.Milliseconds(intent.RequestTimeout), ProcessIdentity.Current);
            return null;
        });

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        if (_commits.Write(session => session.Sql(MarkIntentSent).Run(LaunchRows.Key(intentId), sentAt, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot))) == 0)
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The schedule is no longer in the store, because the file was deleted or replaced after damage.");
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) =>
        _commits.Write(session => session.Sql("UPDATE schedule_intent SET ended_tick = ?2, answered = ?3 WHERE intent = ?1 AND boot = ?4")
            .Run(LaunchRows.Key(intentId), LaunchRows.Milliseconds(clock.SinceBoot), isAnswered, clock.Boot));

    public void Meet(Guid intentId, SteadyTime clock) =>
        database.Write(session => session.Sql("UPDATE schedule_intent SET met_boot = ?2, met_tick = ?3 WHERE intent = ?1 AND met_boot IS NOT ?2")
            .Run(LaunchRows.Key(intentId), clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot)));

    public bool Close(Guid intentId, string? scheduleId, DateTimeOffset now) =>
        _commits.Write(session =>
        {
            session.Sql("DELETE FROM schedule_intent WHERE resolved_at < ?1").Run(Retention.Before(now, s_kept));
            LaunchOutcome outcome = scheduleId is null ? LaunchOutcome.NotLaunched : LaunchOutcome.Launched;
            return session.Sql(CloseIntent).Run(LaunchRows.Key(intentId), (int)outcome, scheduleId, now);
        }) == 1;

    public void Release(Guid intentId) =>
        _commits.Write(session => session.Sql("UPDATE schedule_intent SET owner = NULL WHERE intent = ?1").Run(LaunchRows.Key(intentId)));

    public IReadOnlyList<ScheduleRecord> Open(string account) =>
        database.Read(session => session.FindAccount(account) is { } number ? Read(session, number) : []);

    public ISet<string> Claimed(string account) =>
        database.Read(session =>
        {
            var claimed = new HashSet<string>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                Statement rows = session.Sql("SELECT schedule FROM schedule_intent WHERE account = ?1 AND schedule IS NOT NULL").Bind(number);
                while (rows.Step())
                    claimed.Add(rows.Text(0));
            }
            return claimed;
        });

    private static List<ScheduleRecord> Read(Session session, long account)
    {
        var found = new List<ScheduleRecord>();
        Statement row = session.Sql(SelectOpen).Bind(account);
        while (row.Step())
        {
            string? boot = row.TextOrNull(14);
            found.Add(new ScheduleRecord
            {
                IntentId = Guid.Parse(row.Text(0)),
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
                OwnerState = ProcessIdentity.StateOf(row.TextOrNull(12)),
                SentAt = row.TimeOrNull(13),
                Sent = Steady(row, boot, 15),
                Ended = Steady(row, boot, 16),
                IsAnswered = row.Long(17) != 0,
                FirstMet = Steady(row, row.TextOrNull(18), 19),
            });
        }
        return found;
    }

    private static SteadyTime? Steady(Statement row, string? boot, int tick) =>
        boot is null || row.IsNull(tick) ? null : new SteadyTime(boot, TimeSpan.FromMilliseconds(row.Long(tick)));
}
