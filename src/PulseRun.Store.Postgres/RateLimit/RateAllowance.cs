using System;
using PulseRun.Core.RateLimit;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.RateLimit;

/// <summary>
/// Shares the requests of a key between the hosts of a team. In any minute the blocks that may still be sent and those that may have been sent are at most the limit, by the clock of the database.
/// A host that was refused a block is served before hosts that asked later, so that none starves.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="clock">Returns the time instead of the database's clock, for simulations; null for the clock of the database.</param>
internal sealed class RateAllowance(Database database, Func<DateTimeOffset>? clock = null) : IRateAllowance
{
    /// <summary>The API's default limit per minute (docs/dev/api.md).</summary>
    private const int DefaultLimit = 60;

    /// <summary>A host leaves this number of requests to each other host that has waited longer.</summary>
    private const int Reserved = 5;

    private static readonly TimeSpan s_validFor = TimeSpan.FromSeconds(5);

    /// <summary>The server's window, and what the time of two requests on the network may differ.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(60.5);

    /// <summary>A request that was sent within this time is still in the server's window of a minute when a probe of the limit arrives, even if the probe is slow.</summary>
    private static readonly TimeSpan s_surelyInWindow = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_betweenProbes = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestHold = TimeSpan.FromHours(1);

    /// <summary>Identifies this user of the allowance: each process has its own blocks.</summary>
    private readonly string _owner = Guid.NewGuid().ToString("N");

    public RateBlock Draw(string account, RateDraw draw) => database.Write(session =>
    {
        int number = session.Account(account);
        Allowance allowance = Lock(session, number);
        DateTimeOffset now = Now(session);
        if (draw.Returned != 0)
            session.Run("UPDATE pulserun.rate_block SET requests = requests - $3, is_spent = true WHERE id = $1 AND owner = $2 AND NOT is_spent AND requests >= $3", draw.Returned, _owner, draw.Unused);
        // Rows from the future are those of a clock that was set back.
        session.Run("DELETE FROM pulserun.rate_block WHERE account = $1 AND (counts_until <= $2 OR drawn_at > $2)", number, now);
        session.Run("DELETE FROM pulserun.rate_wait WHERE account = $1 AND (valid_until <= $2 OR since > $2)", number, now);
        // Requests that were sent without a block are counted afterwards. It is not known whether the server accepted them, so they are no reason for a probe.
        if (draw.Slow > 0)
            session.Run("INSERT INTO pulserun.rate_block (account, owner, requests, drawn_at, counts_until) VALUES ($1, $2, $3, $4, $5)", number, _owner, draw.Slow, now, now + s_window);
        if (allowance.HeldUntil is { } held && held > now && held <= now + s_longestHold)
            return Wait(session, number, now, held - now);

        int limit = Math.Max(allowance.PerMinute, draw.PerMinute ?? 0);
        int used = 0, sent = 0;
        DateTimeOffset? next = null;
        session.Each("SELECT coalesce(sum(requests), 0)::int, min(counts_until), coalesce(sum(requests) FILTER (WHERE is_spent AND drawn_at > $2), 0)::int FROM pulserun.rate_block WHERE account = $1",
            row => (used, next, sent) = (row.Int(0), row.TimeOrNull(1), row.Int(2)), number, now - s_surelyInWindow);
        long earlier = (long)session.One("""
            SELECT count(*) FROM pulserun.rate_wait WHERE account = $1 AND owner <> $2
                AND since < coalesce((SELECT since FROM pulserun.rate_wait WHERE account = $1 AND owner = $2), $3)
            """, number, _owner, now)!;
        int free = allowance.IsOpen ? draw.Wanted : limit - used - (int)Math.Min(earlier, limit) * Reserved;
        if (free >= 1)
            return Grant(session, number, now, Math.Min(free, draw.Wanted), isProbe: false);
        // A probe is a request beyond the limit. So only requests that were certainly sent count here; those of a block that a host holds may never be sent.
        bool isConfirmed = allowance.ProbedAt is { } probed && probed <= now && now - probed < s_betweenProbes;
        if (sent >= limit && draw.PerMinute is null && !isConfirmed)
        {
            session.Run("UPDATE pulserun.rate_allowance SET probed_at = $2 WHERE account = $1", number, now);
            return Grant(session, number, now, 1, isProbe: true);
        }
        TimeSpan wait = next - now ?? s_soon;
        // A probe of another host may show meanwhile that there is no such limit.
        if (!isConfirmed && wait > s_validFor)
            wait = s_validFor;
        return Wait(session, number, now, used < limit && wait > s_soon ? s_soon : wait);
    });

    public void Hold(string account, TimeSpan wait) => database.Write(session =>
    {
        int number = session.Account(account);
        Allowance allowance = Lock(session, number);
        DateTimeOffset now = Now(session);
        DateTimeOffset until = now + (wait < s_longestHold ? wait : s_longestHold);
        int limit = allowance.PerMinute;
        if (allowance.IsOpen)
        {
            // The server rejects requests, so the key has a limit above the default. Assume a little less than the number that was sent.
            int used = (int)session.One("SELECT coalesce(sum(requests), 0)::int FROM pulserun.rate_block WHERE account = $1 AND counts_until > $2", number, now)!;
            limit = Math.Max(DefaultLimit, used * 9 / 10);
        }
        return session.Run(
            "UPDATE pulserun.rate_allowance SET is_open = false, per_minute = $2, probed_at = $3, held_until = greatest($4, CASE WHEN held_until <= $5 THEN held_until END) WHERE account = $1",
            number, limit, now, until, now + s_longestHold);
    });

    public void Lift(string account) => database.Write(session =>
    {
        int number = session.Account(account);
        Allowance allowance = Lock(session, number);
        // If a request was rejected after the probe was sent, the probe no longer shows that there is no limit.
        bool isHeld = allowance.HeldUntil > allowance.ProbedAt;
        return isHeld ? 0 : session.Run("UPDATE pulserun.rate_allowance SET is_open = true WHERE account = $1", number);
    });

    private RateBlock Grant(Session session, int account, DateTimeOffset now, int requests, bool isProbe)
    {
        session.Run("DELETE FROM pulserun.rate_wait WHERE account = $1 AND owner = $2", account, _owner);
        long id = (long)session.One("INSERT INTO pulserun.rate_block (account, owner, requests, drawn_at, counts_until) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            account, _owner, requests, now, now + s_validFor + s_window)!;
        return new RateBlock(id, requests, s_validFor, TimeSpan.Zero, isProbe);
    }

    private RateBlock Wait(Session session, int account, DateTimeOffset now, TimeSpan wait)
    {
        session.Run("""
            INSERT INTO pulserun.rate_wait (account, owner, since, valid_until) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account, owner) DO UPDATE SET valid_until = excluded.valid_until
            """, account, _owner, now, now + wait + TimeSpan.FromSeconds(2));
        return RateBlock.None with { RetryAfter = wait };
    }

    /// <summary>Returns the allowance of an account and locks it until the end of the transaction. A crash of the server may lose the last blocks, which is harmless.</summary>
    private static Allowance Lock(Session session, int account)
    {
        session.CommitLazily();
        session.Run("INSERT INTO pulserun.rate_allowance (account, per_minute) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING", account, DefaultLimit);
        return session.All("SELECT per_minute, is_open, probed_at, held_until FROM pulserun.rate_allowance WHERE account = $1 FOR UPDATE",
            static row => new Allowance(row.Int(0), row.Flag(1), row.TimeOrNull(2), row.TimeOrNull(3)), account)[0];
    }

    /// <summary>Returns the time after the wait for the lock.</summary>
    private DateTimeOffset Now(Session session)
    {
        DateTimeOffset now = clock?.Invoke() ?? session.All("SELECT clock_timestamp()", static row => row.Moment(0))[0];
        return DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
    }

    private sealed record Allowance(int PerMinute, bool IsOpen, DateTimeOffset? ProbedAt, DateTimeOffset? HeldUntil);
}
