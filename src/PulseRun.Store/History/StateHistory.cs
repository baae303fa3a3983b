using System;
using System.Collections.Generic;
using System.Diagnostics;
using PulseRun.Core.History;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.History;

/// <summary>Stores the states in which instances were listed. A list that finds no change only extends the last row.</summary>
internal sealed class StateHistory(Database database)
{
    private const string SelectStates = """
        SELECT i.id, i.name, s.status, s.since, s.last_seen, s.largest_gap, s.cost, s.started_at, i.gpu, i.provider, i.region, i.template, i.spot
        FROM instance i JOIN state s ON s.instance = i.id
        """;

    private const string SelectCurrent = SelectStates + " AND s.since = i.state_since WHERE i.account = ?1";

    private const string SelectAll = SelectStates + " WHERE i.account = ?1 ORDER BY i.name, s.since";

    private const string SelectOfService = SelectStates + """
         WHERE i.account IN (SELECT id FROM account WHERE id = ?1 OR service = (SELECT service FROM account WHERE id = ?1)) ORDER BY i.name, s.since
        """;

    private const string InsertState = "INSERT OR REPLACE INTO state (instance, since, last_seen, largest_gap, status, cost, started_at) VALUES (?1, ?2, ?2, 0, ?3, ?4, ?5)";

    private const string SeenAgain = "UPDATE state SET last_seen = max(last_seen, ?3), largest_gap = max(largest_gap, ?3 - last_seen) WHERE instance = ?1 AND since = ?2";

    private const string Describe = """
        UPDATE instance SET state_since = ?2, first_seen = min(first_seen, ?2), gpu = coalesce(?3, gpu), provider = coalesce(?4, provider), region = coalesce(?5, region),
            template = coalesce(?6, template), spot = coalesce(?7, spot)
        WHERE id = ?1
        """;

    /// <summary>Selects since when instances are stopped: from the stop on, or from the end of the last gap between lists that is too long.</summary>
    private const string SelectStops = """
        SELECT i.name, max(s.since, coalesce((SELECT max(g.ended) FROM look_gap g WHERE g.instance = s.instance AND g.length > ?2), s.since))
        FROM stop s JOIN instance i ON i.id = s.instance WHERE i.account = ?1
        """;

    private const string DropInstances = """
        DELETE FROM instance WHERE coalesce(last_sample, 0) < ?1 AND NOT EXISTS (SELECT 1 FROM state WHERE state.instance = instance.id)
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);
    /// <summary>The tolerance for times in the future, because processes of one machine write slightly out of order.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromHours(1);

    private readonly Stopwatch _sinceTidied = new();

    public void Record(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            Dictionary<string, Held> current = Current(session, number);
            var listed = new HashSet<string>(StringComparer.Ordinal);
            foreach (Instance instance in instances)
            {
                listed.Add(instance.Id);
                if (current.TryGetValue(instance.Id, out Held held) && !HasChanged(held.State, instance))
                    session.Sql(SeenAgain).Run(held.Number, held.State.Since, now);
                else
                    Add(session, number, instance, instance.Status ?? "", now);
                NoteStop(session, number, instance, now);
            }
            foreach (Held held in current.Values)
            {
                if (complete && held.State.Status is not null && !listed.Contains(held.State.Id))
                {
                    Add(session, number, new Instance { Id = held.State.Id }, status: null, now);
                    NoteStop(session, number, new Instance { Id = held.State.Id }, now);
                }
            }
            Tidy(session, now);
            return instances.Count;
        });

    public IReadOnlyDictionary<string, RecordedState> Current(string account) =>
        database.Read(session =>
        {
            var states = new Dictionary<string, RecordedState>(StringComparer.Ordinal);
            foreach (Held held in Current(session, session.FindAccount(account)).Values)
                states[held.State.Id] = held.State;
            return states;
        });

    public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap) =>
        database.Read(session =>
        {
            var since = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            Statement rows = session.Sql(SelectStops).Bind(session.FindAccount(account), (long)Math.Max(0, longestGap.TotalMilliseconds));
            while (rows.Step())
                since[rows.Text(0)] = rows.Time(1);
            return since;
        });

    public IReadOnlyList<RecordedState> Since(string account, DateTimeOffset since, bool ofService = false) =>
        database.Read(session =>
        {
            var states = new List<RecordedState>();
            Statement rows = session.Sql(ofService ? SelectOfService : SelectAll).Bind(session.FindAccount(account));
            while (rows.Step())
            {
                RecordedState state = Read(rows);
                // Of the states that began before the given time, only the last one of each instance was in effect then.
                bool replaces = states.Count > 0 && states[states.Count - 1].Id == state.Id && state.Since <= since;
                if (replaces)
                    states[states.Count - 1] = state;
                else
                    states.Add(state);
            }
            return states;
        });

    private static Dictionary<string, Held> Current(Session session, long? account)
    {
        var current = new Dictionary<string, Held>(StringComparer.Ordinal);
        Statement rows = session.Sql(SelectCurrent).Bind(account);
        while (rows.Step())
            current[rows.Text(1)] = new Held(rows.Long(0), Read(rows));
        return current;
    }

    /// <summary>
    /// Updates the period in which the instance is listed as stopped. The period ends with any other state, with another start time (including a missing one), and when the clock was set back.
    /// Of the gaps between lists, only those are kept that are longer than every later gap. For any limit, the last gap longer than it is among them.
    /// </summary>
    private static void NoteStop(Session session, long account, Instance instance, DateTimeOffset now)
    {
        if (session.FindInstance(account, instance.Id) is not { } id)
            return;
        Statement find = session.Sql("SELECT last_look, started_at FROM stop WHERE instance = ?1").Bind(id);
        (DateTimeOffset LastLook, DateTimeOffset? StartedAt)? known = find.Step() ? (find.Time(0), find.TimeOrNull(1)) : null;
        find.Reset();
        bool isStopped = InstanceStatus.Is(instance.Status, InstanceStatus.Stopped);
        if (!isStopped && known is null)
            return;
        if (isStopped && known is { } stop && stop.StartedAt?.ToUnixTimeMilliseconds() == instance.StartedAt?.ToUnixTimeMilliseconds() && stop.LastLook <= now + s_outOfOrder)
        {
            if (now <= stop.LastLook)
                return;
            long gap = (long)(now - stop.LastLook).TotalMilliseconds;
            session.Sql("DELETE FROM look_gap WHERE instance = ?1 AND length <= ?2").Run(id, gap);
            session.Sql("INSERT OR REPLACE INTO look_gap (instance, ended, length) VALUES (?1, ?2, ?3)").Run(id, now, gap);
            session.Sql("UPDATE stop SET last_look = ?2 WHERE instance = ?1").Run(id, now);
            return;
        }
        session.Sql("DELETE FROM look_gap WHERE instance = ?1").Run(id);
        session.Sql("DELETE FROM stop WHERE instance = ?1").Run(id);
        if (isStopped)
            session.Sql("INSERT INTO stop (instance, since, last_look, started_at) VALUES (?1, ?2, ?2, ?3)").Run(id, now, instance.StartedAt);
    }

    /// <summary>Returns true when the state differs. A later start time means a restart between two lists. A missing price or start time counts as unchanged.</summary>
    private static bool HasChanged(RecordedState state, Instance instance) =>
        !string.Equals(state.Status, instance.Status ?? "", StringComparison.OrdinalIgnoreCase)
        || instance.CostPerHour is { } cost && cost != state.CostPerHour
        || instance.StartedAt is { } started && started.ToUnixTimeMilliseconds() != state.StartedAt?.ToUnixTimeMilliseconds();

    /// <summary>Adds a row for a new state.</summary>
    /// <param name="session">The open connection.</param>
    /// <param name="account">The number of the account.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="status">The state; null when the instance is gone.</param>
    /// <param name="now">The start of the state.</param>
    private static void Add(Session session, long account, Instance instance, string? status, DateTimeOffset now)
    {
        long number = session.Instance(account, instance.Id, now.ToUnixTimeMilliseconds(), id =>
            session.Sql(Describe).Run(id, now, instance.Gpu, instance.Provider, instance.Region, instance.Template, instance.Spot));
        session.Sql(InsertState).Run(number, now, status, instance.CostPerHour, instance.StartedAt);
    }

    /// <summary>Deletes old states, at most once an hour: unlike old readings they are scattered over the table, so finding them is slow.</summary>
    private void Tidy(Session session, DateTimeOffset now)
    {
        if (_sinceTidied.IsRunning && _sinceTidied.Elapsed < s_tidyEvery)
            return;
        _sinceTidied.Restart();
        DateTimeOffset before = Retention.Before(now, s_kept);
        session.Sql("DELETE FROM state WHERE last_seen < ?1").Run(before);
        if (session.Sql(DropInstances).Run(before) > 0)
            session.ForgetInstances();
        foreach (string table in new[] { "stop", "look_gap", "clock_reset" })
            session.Sql("DELETE FROM " + table + " WHERE instance NOT IN (SELECT id FROM instance)").Run();
    }

    private static RecordedState Read(Statement row) => new()
    {
        Id = row.Text(1),
        Status = row.TextOrNull(2),
        Since = row.Time(3),
        LastSeen = row.Time(4),
        LargestGap = row.Duration(5),
        CostPerHour = row.MoneyOrNull(6),
        StartedAt = row.TimeOrNull(7),
        Gpu = row.TextOrNull(8),
        Provider = row.TextOrNull(9),
        Region = row.TextOrNull(10),
        Template = row.TextOrNull(11),
        Spot = row.FlagOrNull(12),
    };

    private readonly record struct Held(long Number, RecordedState State);
}
