using System;
using System.Collections.Generic;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Launch;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Cleanup;

/// <summary>
/// Stores the cleanup runs of all hosts. Before an act a run takes the lease of the instance, which has a token and expires by the clock of the database.
/// Writes of a host after another one has taken the lease change nothing, because its token is gone.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="host">Identifies this host.</param>
internal sealed class CleanupRuns(Database database, string host) : ICleanupRuns
{
    /// <summary>The lease of an act holds for this time beyond its request. It covers the time between the look and the act, and the difference of two clocks.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_usualRequest = TimeSpan.FromSeconds(100);

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    /// <summary>The time for which stops are kept: as long as states, which say how long the instance stayed stopped.</summary>
    private static readonly TimeSpan s_stopsKept = TimeSpan.FromDays(90);

    /// <summary>A run without a sign of life for this long counts as over. A reading and an act take less, and each is a sign of life.</summary>
    private const string AliveFor = "interval '5 minutes'";

    /// <summary>A lease holds for this time after its act, which is longer than the look of another host may be old when that host acts (ActWindow.ForCleanup). So no look from before the act justifies another act.</summary>
    private const string AfterAct = "interval '10 seconds'";

    /// <summary>Counts the acts of this run and of all overlapping runs, and those that other hosts have begun in the last minute: runs of two hosts that follow each other are one run of the team.</summary>
    private const string CountActs = $"""
        SELECT count(*) FROM pulserun.cleanup_act a JOIN pulserun.cleanup_run r ON r.id = a.run
        WHERE r.account = $1 AND (r.id >= $2 OR r.ended >= $2 OR (r.ended IS NULL AND r.alive_until > clock_timestamp())
            OR (r.host <> $3 AND a.began > clock_timestamp() - interval '1 minute'))
        """;

    /// <summary>Takes the lease of an instance when it is free or has expired. A host knows when its own runs are over, and need not wait for their leases.</summary>
    private const string Take = """
        INSERT INTO pulserun.lease AS l (account, instance, token, expires_at, owner, run, host, intent, taken_at)
        SELECT $1, $2, nextval('pulserun.lease_token'), clock_timestamp() + r.act_lease, r.owner, r.run, r.host, $4, clock_timestamp() FROM pulserun.cleanup_run r WHERE r.id = $3
        ON CONFLICT (account, instance) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at, owner = excluded.owner, run = excluded.run, host = excluded.host,
            intent = excluded.intent, taken_at = excluded.taken_at, result = NULL, ended_at = NULL
        WHERE l.expires_at <= clock_timestamp() OR (l.host = excluded.host AND EXISTS (SELECT 1 FROM pulserun.cleanup_run r WHERE r.run = l.run AND r.ended IS NOT NULL))
        RETURNING token
        """;

    /// <summary>Extends a lease that this run still holds. A run that took it meanwhile has drawn another token.</summary>
    private const string Extend = """
        UPDATE pulserun.lease l SET expires_at = clock_timestamp() + r.act_lease, result = NULL, ended_at = NULL FROM pulserun.cleanup_run r
        WHERE r.id = $3 AND l.account = $1 AND l.instance = $2 AND l.token = $4
        """;

    /// <summary>Compares what is left of a lease with its length. A lease that another run has taken has another token.</summary>
    private const string StillGranted = """
        SELECT l.expires_at - clock_timestamp() >= r.act_lease - $3 FROM pulserun.cleanup_run r JOIN pulserun.cleanup_act a ON a.run = r.id AND a.instance = $2
            JOIN pulserun.lease l ON l.account = a.account AND l.instance = a.instance AND l.token = a.token
        WHERE r.run = $1
        """;

    private const string EndRun = "UPDATE pulserun.cleanup_run SET ended = (SELECT max(id) FROM pulserun.cleanup_run) WHERE id = $1 AND ended IS NULL";

    private const string SignOfLife = $"UPDATE pulserun.cleanup_run SET alive_until = greatest(alive_until, clock_timestamp() + {AliveFor}), ended = NULL WHERE run = $1 RETURNING id";

    public void Begin(Guid run, string account = "", TimeSpan longestRequest = default) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Acts, number);
            var over = new List<long>();
            session.Each("SELECT id, owner, alive_until <= clock_timestamp() FROM pulserun.cleanup_run WHERE account = $1 AND ended IS NULL", row =>
            {
                if (row.Flag(2) || HostIdentity.StateOf(row.Text(1)) is OwnerState.Dead or OwnerState.Released)
                    over.Add(row.Long(0));
            }, number);
            foreach (long id in over)
                session.Run(EndRun, id);
            DateTimeOffset old = session.Now - s_kept;
            session.Run("DELETE FROM pulserun.cleanup_act WHERE run IN (SELECT id FROM pulserun.cleanup_run WHERE account = $1 AND ended IS NOT NULL AND started < to_timestamp($2 / 1000.0))", number, old);
            session.Run("DELETE FROM pulserun.cleanup_run WHERE account = $1 AND ended IS NOT NULL AND started < to_timestamp($2 / 1000.0)", number, old);
            session.Run("DELETE FROM pulserun.lease WHERE account = $1 AND expires_at < to_timestamp($2 / 1000.0)", number, old);
            session.One("SELECT pulserun.expire_audit()");
            return session.Run(
                $"INSERT INTO pulserun.cleanup_run (run, account, host, owner, started, alive_until, act_lease) VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + {AliveFor}, $5)",
                run, number, host, HostIdentity.Process, (longestRequest > TimeSpan.Zero ? longestRequest : s_usualRequest) + s_margin);
        });

    public bool TryAct(Guid run, string id, int max, string intent = "Stop") =>
        database.Write(session =>
        {
            if (session.One("SELECT account FROM pulserun.cleanup_run WHERE run = $1", run) is not int account)
                return false;
            session.Lock(AccountLock.Acts, account);
            if (session.One(SignOfLife, run) is not long number)
                return false;
            if (session.One("SELECT token FROM pulserun.cleanup_act WHERE run = $1 AND instance = $2", number, id) is long held)
                return session.Run(Extend, account, id, number, held) == 1;
            if ((long)session.One(CountActs, account, number, host)! >= max)
                return false;
            if (session.One(Take, account, id, number, intent) is not long token)
                return false;
            return session.Run("INSERT INTO pulserun.cleanup_act (run, account, instance, token, began) VALUES ($1, $2, $3, $4, clock_timestamp())", number, account, id, token) == 1;
        });

    public bool IsGranted(Guid run, string id, TimeSpan within) =>
        database.Read(session => session.One(StillGranted, run, id, within) is true);

    public void Finish(Guid run, string id, string result) =>
        database.Write(session => session.Run($"""
            UPDATE pulserun.lease l SET result = $3, ended_at = clock_timestamp(), expires_at = clock_timestamp() + {AfterAct}
            FROM pulserun.cleanup_act a JOIN pulserun.cleanup_run r ON r.id = a.run
            WHERE r.run = $1 AND a.instance = $2 AND l.account = a.account AND l.instance = a.instance AND l.token = a.token
            """, run, id, result));

    public void Release(Guid run, string id) =>
        database.Write(session =>
        {
            session.Run("""
                DELETE FROM pulserun.lease l USING pulserun.cleanup_act a, pulserun.cleanup_run r
                WHERE r.run = $1 AND a.run = r.id AND a.instance = $2 AND l.account = a.account AND l.instance = a.instance AND l.token = a.token
                """, run, id);
            return session.Run("DELETE FROM pulserun.cleanup_act a USING pulserun.cleanup_run r WHERE r.run = $1 AND a.run = r.id AND a.instance = $2", run, id);
        });

    public bool TryClaim(Guid run, string account, string id, TimeSpan validFor) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Lock(AccountLock.Acts, number);
            session.One(SignOfLife, run);
            bool isHeld = false;
            session.Each("SELECT run, owner, claimed, valid FROM pulserun.cleanup_claim WHERE account = $1 AND instance = $2",
                row => isHeld = row.Id(0) != run && Claims.Holds(row.Text(1), row.Time(2), row.Long(3), session.Now), number, id);
            if (isHeld)
                return false;
            session.Run("""
                INSERT INTO pulserun.cleanup_claim (account, instance, run, owner, claimed, valid) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (account, instance) DO UPDATE SET run = excluded.run, owner = excluded.owner, claimed = excluded.claimed, valid = excluded.valid
                """, number, id, run, HostIdentity.Process, session.Now, (long)validFor.TotalMilliseconds);
            return true;
        });

    public void ReleaseClaim(Guid run, string account, string id) =>
        database.Write(session => session.Run("DELETE FROM pulserun.cleanup_claim WHERE account = $1 AND instance = $2 AND run = $3", session.Account(account), id, run));

    public void End(Guid run) =>
        database.Write(session =>
        {
            if (session.One("SELECT id FROM pulserun.cleanup_run WHERE run = $1", run) is not long number)
                return 0;
            // A run that ends has no request under way, except one that Ctrl+C has just cancelled.
            session.Run($"UPDATE pulserun.lease SET ended_at = coalesce(ended_at, clock_timestamp()), expires_at = least(expires_at, clock_timestamp() + {AfterAct}) WHERE run = $1", run);
            return session.Run(EndRun, number);
        });

    public void RecordStop(string account, string id, DateTimeOffset at) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            session.Run("DELETE FROM pulserun.cleanup_stop WHERE account = $1 AND at < $2", number, at - s_stopsKept);
            return session.Run("INSERT INTO pulserun.cleanup_stop (account, instance, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", number, id, at);
        });

    public IReadOnlyList<CleanupStop> Stops(string account) =>
        database.Read(session => session.FindAccount(account) is { } number
            ? session.All("SELECT instance, at FROM pulserun.cleanup_stop WHERE account = $1 ORDER BY instance COLLATE \"C\", at", static row => new CleanupStop(row.Text(0), row.Time(1)), number)
            : []);
}
