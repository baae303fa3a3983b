using System;
using System.Collections.Generic;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Launch;
using PulseRun.Store.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Cleanup;

/// <summary>Stores the cleanup runs in the database. Runs are ordered by their numbers, not by the clock, which may be set back.</summary>
internal sealed class CleanupRuns(Database database) : ICleanupRuns
{
    /// <summary>The time for which an unfinished run of another machine or container counts as active. Its process cannot be checked from here.</summary>
    private static readonly TimeSpan s_longestElsewhere = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    /// <summary>The time for which stops are kept: as long as states, which say how long the instance stayed stopped.</summary>
    private static readonly TimeSpan s_stopsKept = TimeSpan.FromDays(90);

    /// <summary>Counts the acts of this run and of all overlapping runs. A run overlaps when it began later, has not ended, or ended after this one began. <c>ended</c> holds the highest run number at the time when the run ended.</summary>
    private const string CountActs = """
        SELECT count(*) FROM cleanup_act a JOIN cleanup_run r ON r.id = a.run
        WHERE r.id >= ?1 OR r.ended IS NULL OR r.ended >= ?1
        """;

    /// <summary>Finds another run that has not ended and has begun an act on the same instance, so that runs that overlap never act twice.</summary>
    private const string ActedOnByOther = "SELECT 1 FROM cleanup_act a JOIN cleanup_run r ON r.id = a.run WHERE a.instance = ?2 AND a.run <> ?1 AND r.ended IS NULL LIMIT 1";

    private const string EndRun = "UPDATE cleanup_run SET ended = (SELECT max(id) FROM cleanup_run) WHERE id = ?1 AND ended IS NULL";

    public void Begin(Guid run, string account = "", TimeSpan longestRequest = default) =>
        database.Write(session =>
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            var over = new List<long>();
            Statement open = session.Sql("SELECT id, owner, started FROM cleanup_run WHERE ended IS NULL");
            while (open.Step())
            {
                OwnerState owner = ProcessIdentity.StateOf(open.Text(1));
                bool isOver = owner is OwnerState.Dead or OwnerState.Released || (owner == OwnerState.Elsewhere && (now - open.Time(2)).Duration() > s_longestElsewhere);
                if (isOver)
                    over.Add(open.Long(0));
            }
            foreach (long id in over)
                session.Sql(EndRun).Run(id);
            session.Sql("DELETE FROM cleanup_act WHERE run IN (SELECT id FROM cleanup_run WHERE ended IS NOT NULL AND started < ?1)").Run(now - s_kept);
            session.Sql("DELETE FROM cleanup_run WHERE ended IS NOT NULL AND started < ?1").Run(now - s_kept);
            return session.Sql("INSERT INTO cleanup_run (run, owner, started) VALUES (?1, ?2, ?3)").Run(Key(run), ProcessIdentity.Current, now);
        });

    public bool TryAct(Guid run, string id, int max, string intent = "Stop") =>
        database.Write(session =>
        {
            if (Find(session, run) is not { } number)
                return false;
            Statement known = session.Sql("SELECT 1 FROM cleanup_act WHERE run = ?1 AND instance = ?2").Bind(number, id);
            bool isCounted = known.Step();
            known.Reset();
            if (isCounted)
                return true;
            Statement taken = session.Sql(ActedOnByOther).Bind(number, id);
            bool isTaken = taken.Step();
            taken.Reset();
            if (isTaken)
                return false;
            Statement count = session.Sql(CountActs).Bind(number);
            long acts = count.Step() ? count.Long(0) : 0;
            count.Reset();
            return acts < max && session.Sql("INSERT INTO cleanup_act (run, instance) VALUES (?1, ?2)").Run(number, id) == 1;
        });

    /// <summary>Does nothing: in the store of one machine the end of the run, or of its process, ends its acts.</summary>
    public bool IsGranted(Guid run, string id, TimeSpan within) => true;

    public void Finish(Guid run, string id, string result)
    {
    }

    public void Release(Guid run, string id) =>
        database.Write(session => Find(session, run) is { } number ? session.Sql("DELETE FROM cleanup_act WHERE run = ?1 AND instance = ?2").Run(number, id) : 0);

    public bool TryClaim(Guid run, string account, string id, TimeSpan validFor) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            DateTimeOffset now = DateTimeOffset.UtcNow;
            Statement row = session.Sql("SELECT run, owner, claimed, valid FROM cleanup_claim WHERE account = ?1 AND instance = ?2").Bind(number, id);
            if (row.Step())
            {
                bool isHeld = row.Text(0) != Key(run) && Claims.Holds(row.Text(1), row.Time(2), row.Long(3), now);
                row.Reset();
                if (isHeld)
                    return false;
            }
            session.Sql("INSERT OR REPLACE INTO cleanup_claim (account, instance, run, owner, claimed, valid) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .Run(number, id, Key(run), ProcessIdentity.Current, now, (long)validFor.TotalMilliseconds);
            return true;
        });

    public void ReleaseClaim(Guid run, string account, string id) =>
        database.Write(session => session.Sql("DELETE FROM cleanup_claim WHERE account = ?1 AND instance = ?2 AND run = ?3").Run(session.Account(account), id, Key(run)));

    public void End(Guid run) =>
        database.Write(session => Find(session, run) is { } number ? session.Sql(EndRun).Run(number) : 0);

    public void RecordStop(string account, string id, DateTimeOffset at) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            session.Sql("DELETE FROM cleanup_stop WHERE account = ?1 AND at < ?2").Run(number, at - s_stopsKept);
            return session.Sql("INSERT OR IGNORE INTO cleanup_stop (account, instance, at) VALUES (?1, ?2, ?3)").Run(number, id, at);
        });

    public IReadOnlyList<CleanupStop> Stops(string account) =>
        database.Read(session =>
        {
            var stops = new List<CleanupStop>();
            if (session.FindAccount(account) is not { } number)
                return stops;
            Statement rows = session.Sql("SELECT instance, at FROM cleanup_stop WHERE account = ?1 ORDER BY instance, at").Bind(number);
            while (rows.Step())
                stops.Add(new CleanupStop(rows.Text(0), rows.Time(1)));
            return stops;
        });

    private static long? Find(Session session, Guid run)
    {
        Statement find = session.Sql("SELECT id FROM cleanup_run WHERE run = ?1").Bind(Key(run));
        long? number = find.Step() ? find.Long(0) : null;
        find.Reset();
        return number;
    }

    private static string Key(Guid run) => run.ToString("D");
}
