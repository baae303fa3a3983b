using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Stores the states in which instances were listed by any host. A list that finds no change only extends the last rows.</summary>
internal sealed class StateHistory(Database database)
{
    private const string SelectStates = """
        SELECT i.id, i.name, s.status, s.since, s.last_seen, s.largest_gap, s.cost, s.started_at, i.gpu, i.provider, i.region, i.template, i.spot
        FROM pulserun.instance i JOIN pulserun.state s ON s.instance = i.id
        """;

    private const string SelectCurrent = SelectStates + " AND s.since = i.state_since WHERE i.account = $1";

    private const string SelectAll = SelectStates + " WHERE i.account = $1 ORDER BY i.name COLLATE \"C\", s.since";

    /// <summary>Selects the states of all accounts of the account's service.</summary>
    private const string SelectOfService = SelectStates
        + " WHERE i.account = $1 OR i.account IN (SELECT id FROM pulserun.account WHERE service = (SELECT service FROM pulserun.account WHERE id = $1)) ORDER BY i.name COLLATE \"C\", s.since";

    private const string SeenAgain = """
        UPDATE pulserun.state s SET last_seen = greatest(s.last_seen, $3), largest_gap = greatest(s.largest_gap, $3 - s.last_seen)
        FROM unnest($1::integer[], $2::bigint[]) AS g (instance, since) WHERE s.instance = g.instance AND s.since = g.since
        """;

    private const string Describe = """
        UPDATE pulserun.instance i SET state_since = $2, first_seen = least(i.first_seen, $2), gpu = coalesce(g.gpu, i.gpu), provider = coalesce(g.provider, i.provider),
            region = coalesce(g.region, i.region), template = coalesce(g.template, i.template), spot = coalesce(g.spot, i.spot)
        FROM unnest($1::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[]) AS g (id, gpu, provider, region, template, spot) WHERE i.id = g.id
        """;

    private const string InsertStates = """
        INSERT INTO pulserun.state (instance, since, last_seen, largest_gap, status, cost, started_at)
        SELECT g.instance, $2, $2, 0, g.status, g.cost, g.started_at FROM unnest($1::integer[], $3::text[], $4::numeric[], $5::bigint[]) AS g (instance, status, cost, started_at)
        ON CONFLICT (instance, since) DO UPDATE SET last_seen = excluded.last_seen, largest_gap = 0, status = excluded.status, cost = excluded.cost, started_at = excluded.started_at
        """;

    /// <summary>Selects since when instances are stopped: from the stop on, or from the end of the last gap between lists that is too long.</summary>
    private const string SelectStops = """
        SELECT i.name, greatest(s.since, (SELECT max(g.ended) FROM pulserun.look_gap g WHERE g.instance = s.instance AND g.length > $2))
        FROM pulserun.stop s JOIN pulserun.instance i ON i.id = s.instance WHERE i.account = $1
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    /// <summary>The tolerance for times in the future, because hosts write slightly out of order.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromHours(1);

    private readonly Stopwatch _sinceTidied = new();

    public void Record(string account, IReadOnlyList<Instance> instances, bool complete, DateTimeOffset now) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.History, number);
            Dictionary<string, Held> current = Current(session, number);
            // Of an instance that is listed twice, the last row counts.
            var listed = new Dictionary<string, Instance>(StringComparer.Ordinal);
            foreach (Instance instance in instances)
                listed[instance.Id] = instance;
            var same = new List<Held>();
            var changed = new List<(Instance Instance, string? Status)>();
            foreach (Instance instance in listed.Values)
            {
                if (current.TryGetValue(instance.Id, out Held held) && !HasChanged(held.State, instance))
                    same.Add(held);
                else
                    changed.Add((instance, instance.Status ?? ""));
            }
            if (complete)
            {
                foreach (Held held in current.Values)
                {
                    if (held.State.Status is not null && !listed.ContainsKey(held.State.Id))
                        changed.Add((new Instance { Id = held.State.Id }, null));
                }
            }
            if (same.Count > 0)
                session.Run(SeenAgain, same.Select(static held => held.Number).ToArray(), same.Select(static held => held.State.Since.ToUnixTimeMilliseconds()).ToArray(), now);
            if (changed.Count > 0)
                Add(session, number, changed, now);
            NoteStops(session, number, [.. listed.Values, .. changed.Where(static one => one.Status is null).Select(static one => one.Instance)], now);
            Tidy(session, number, now);
            return instances.Count;
        });

    public IReadOnlyDictionary<string, RecordedState> Current(string account) =>
        database.Read(session =>
        {
            var states = new Dictionary<string, RecordedState>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                foreach (Held held in Current(session, number).Values)
                    states[held.State.Id] = held.State;
            }
            return states;
        });

    public IReadOnlyDictionary<string, DateTimeOffset> StoppedSince(string account, TimeSpan longestGap) =>
        database.Read(session =>
        {
            var since = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
                session.Each(SelectStops, row => since[row.Text(0)] = row.Time(1), number, (long)Math.Max(0, longestGap.TotalMilliseconds));
            return since;
        });

    public IReadOnlyList<RecordedState> Since(string account, DateTimeOffset since, bool ofService = false) =>
        database.Read(session =>
        {
            var states = new List<RecordedState>();
            if (session.FindAccount(account) is not { } number)
                return states;
            session.Each(ofService ? SelectOfService : SelectAll, row =>
            {
                RecordedState state = Read(row);
                // Of the states that began before the given time, only the last one of each instance was in effect then.
                bool replaces = states.Count > 0 && states[states.Count - 1].Id == state.Id && state.Since <= since;
                if (replaces)
                    states[states.Count - 1] = state;
                else
                    states.Add(state);
            }, number);
            return states;
        });

    private static Dictionary<string, Held> Current(Session session, int account)
    {
        var current = new Dictionary<string, Held>(StringComparer.Ordinal);
        session.Each(SelectCurrent, row => current[row.Text(1)] = new Held(row.Int(0), Read(row)), account);
        return current;
    }

    private static void Add(Session session, int account, List<(Instance Instance, string? Status)> changed, DateTimeOffset now)
    {
        Dictionary<string, int> rows = InstanceRows.Ensure(session, account, changed.Select(static one => one.Instance.Id).ToArray(), now.ToUnixTimeMilliseconds());
        changed.Sort((one, other) => rows[one.Instance.Id].CompareTo(rows[other.Instance.Id]));
        int[] numbers = changed.Select(one => rows[one.Instance.Id]).ToArray();
        session.Run(Describe, numbers, now, Texts(static one => one.Gpu), Texts(static one => one.Provider), Texts(static one => one.Region), Texts(static one => one.Template), changed.Select(static one => one.Instance.Spot).ToArray());
        session.Run(InsertStates, numbers, now, changed.Select(static one => one.Status).ToArray(), changed.Select(static one => one.Instance.CostPerHour).ToArray(), changed.Select(static one => one.Instance.StartedAt?.ToUnixTimeMilliseconds()).ToArray());

        string?[] Texts(Func<Instance, string?> value) => changed.Select(one => value(one.Instance)).ToArray();
    }

    /// <summary>
    /// Updates the periods in which instances are listed as stopped. A period ends with any other state, with another start time (including a missing one), and when the clock was set back.
    /// Of the gaps between lists, only those are kept that are longer than every later gap. For any limit, the last gap longer than it is among them.
    /// </summary>
    private static void NoteStops(Session session, int account, List<Instance> instances, DateTimeOffset now)
    {
        var known = new Dictionary<string, Stop>(StringComparer.Ordinal);
        session.Each("SELECT i.name, s.instance, s.last_look, s.started_at FROM pulserun.stop s JOIN pulserun.instance i ON i.id = s.instance WHERE i.account = $1",
            row => known[row.Text(0)] = new Stop(row.Int(1), row.Time(2), row.TimeOrNull(3)), account);
        var looked = new List<(int Instance, long Gap)>();
        var ended = new List<int>();
        var begun = new List<Instance>();
        foreach (Instance instance in instances)
        {
            bool isStopped = InstanceStatus.Is(instance.Status, InstanceStatus.Stopped);
            bool isKnown = known.TryGetValue(instance.Id, out Stop stop);
            if (!isStopped && !isKnown)
                continue;
            if (isStopped && isKnown && stop.StartedAt?.ToUnixTimeMilliseconds() == instance.StartedAt?.ToUnixTimeMilliseconds() && stop.LastLook <= now + s_outOfOrder)
            {
                if (now > stop.LastLook)
                    looked.Add((stop.Instance, (long)(now - stop.LastLook).TotalMilliseconds));
                continue;
            }
            if (isKnown)
                ended.Add(stop.Instance);
            if (isStopped)
                begun.Add(instance);
        }
        if (looked.Count > 0)
        {
            int[] rows = looked.Select(static one => one.Instance).ToArray();
            long[] gaps = looked.Select(static one => one.Gap).ToArray();
            session.Run("DELETE FROM pulserun.look_gap l USING unnest($1::integer[], $2::bigint[]) AS g (instance, gap) WHERE l.instance = g.instance AND l.length <= g.gap", rows, gaps);
            session.Run("INSERT INTO pulserun.look_gap (instance, ended, length) SELECT g.instance, $3, g.gap FROM unnest($1::integer[], $2::bigint[]) AS g (instance, gap) ON CONFLICT (instance, ended) DO UPDATE SET length = excluded.length", rows, gaps, now);
            session.Run("UPDATE pulserun.stop SET last_look = $2 WHERE instance = ANY($1)", rows, now);
        }
        if (ended.Count > 0)
        {
            session.Run("DELETE FROM pulserun.look_gap WHERE instance = ANY($1)", ended.ToArray());
            session.Run("DELETE FROM pulserun.stop WHERE instance = ANY($1)", ended.ToArray());
        }
        if (begun.Count > 0)
        {
            Dictionary<string, int> rows = InstanceRows.Ensure(session, account, begun.Select(static one => one.Id).ToArray(), now.ToUnixTimeMilliseconds());
            int[] numbers = begun.Select(one => rows[one.Id]).ToArray();
            session.Run("DELETE FROM pulserun.look_gap WHERE instance = ANY($1)", numbers);
            session.Run("INSERT INTO pulserun.stop (instance, since, last_look, started_at) SELECT g.instance, $2, $2, g.started_at FROM unnest($1::integer[], $3::bigint[]) AS g (instance, started_at)",
                numbers, now, begun.Select(static one => one.StartedAt?.ToUnixTimeMilliseconds()).ToArray());
        }
    }

    /// <summary>Returns true when the state differs. A later start time means a restart between two lists. A missing price or start time counts as unchanged.</summary>
    private static bool HasChanged(RecordedState state, Instance instance) =>
        !string.Equals(state.Status, instance.Status ?? "", StringComparison.OrdinalIgnoreCase)
        || instance.CostPerHour is { } cost && cost != state.CostPerHour
        || instance.StartedAt is { } started && started.ToUnixTimeMilliseconds() != state.StartedAt?.ToUnixTimeMilliseconds();

    /// <summary>Deletes old states of the account, at most once an hour for each process.</summary>
    private void Tidy(Session session, int account, DateTimeOffset now)
    {
        if (_sinceTidied.IsRunning && _sinceTidied.Elapsed < s_tidyEvery)
            return;
        _sinceTidied.Restart();
        DateTimeOffset before = Expiry.Before(now, session.Now, s_kept);
        session.Run("DELETE FROM pulserun.state s USING pulserun.instance i WHERE i.id = s.instance AND i.account = $1 AND s.last_seen < $2", account, before);
        session.Run("DELETE FROM pulserun.instance i WHERE account = $1 AND coalesce(last_sample, 0) < $2 AND coalesce(asked_at, 0) < $2 AND NOT EXISTS (SELECT 1 FROM pulserun.state s WHERE s.instance = i.id)", account, before);
        foreach (string table in new[] { "stop", "look_gap", "clock_reset" })
            session.Run("DELETE FROM pulserun." + table + " t WHERE NOT EXISTS (SELECT 1 FROM pulserun.instance i WHERE i.id = t.instance)");
    }

    private static RecordedState Read(Row row) => new()
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

    private readonly record struct Held(int Number, RecordedState State);

    private readonly record struct Stop(int Instance, DateTimeOffset LastLook, DateTimeOffset? StartedAt);
}
