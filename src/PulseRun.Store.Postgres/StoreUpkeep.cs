using System;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres;

/// <summary>Rolls up old readings, and deletes what is no longer needed on request.</summary>
internal static class StoreUpkeep
{
    /// <summary>The number of readings that one step rolls up. It takes about half a second of the server, so no cleanup waits long.</summary>
    private const long RollUpStep = 100_000;

    /// <summary>
    /// Does one step of the roll-up: readings of days that ended 48 hours ago become rows of 5 minutes, while the store has at least 50 million readings (table rollup_setting).
    /// A step is one transaction, so a host that dies in it changes nothing. When another host does a step, or a failure prevents it, a later call goes on.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="now">The current time.</param>
    /// <param name="most">About how many readings one step rolls up.</param>
    /// <returns>The number of readings that were rolled up.</returns>
    public static long RollUp(Database database, DateTimeOffset now, long most = RollUpStep)
    {
        try
        {
            for (int step = 0; step < 3; step++)
            {
                long moved = database.Write(session =>
                {
                    session.CommitLazily();
                    return (long)session.One("SELECT pulserun.roll_up($1, $2)", Expiry.Before(now, session.Now, TimeSpan.Zero), most)!;
                });
                if (moved >= 0)
                    return moved;
            }
        }
        catch (StoreUnavailableException)
        {
            // The readings are recorded. Rolling them up saves space only.
        }
        return 0;
    }

    /// <summary>Deletes the readings and the ended states from before a time. The last state of each instance stays.</summary>
    public static StoreCount Clear(Database database, DateTimeOffset before)
    {
        long readings = database.Write(session =>
        {
            session.Run("SET LOCAL statement_timeout = '10min'");
            session.Run("SELECT pulserun.split_rollup($1, NULL)", before);
            long count = (long)session.One("SELECT (SELECT count(*) FROM pulserun.sample WHERE ts < $1) + (SELECT coalesce(sum(coalesce(count, 1)), 0)::bigint FROM pulserun.rollup WHERE ts < $1)", before)!;
            // Whole days are dropped; only the rest of the day of the given time is deleted row by row.
            session.One("SELECT pulserun.drop_partitions($1)", before);
            session.Run("DELETE FROM pulserun.sample WHERE ts < $1", before);
            session.Run("DELETE FROM pulserun.rollup WHERE ts < $1", before);
            session.Run("UPDATE pulserun.account SET kept_from = $1 WHERE kept_from < $1", before);
            session.Run("UPDATE pulserun.instance SET first_sample = $1, first_judged = NULL WHERE first_sample < $1 AND last_sample >= $1", before);
            session.Run("UPDATE pulserun.instance SET first_sample = NULL, first_judged = NULL, last_sample = NULL, last_judged = NULL WHERE last_sample < $1", before);
            return count;
        });
        long states = database.Write(session => session.Run(
            "DELETE FROM pulserun.state s USING pulserun.instance i WHERE i.id = s.instance AND s.last_seen < $1 AND s.since IS DISTINCT FROM i.state_since", before));
        return new StoreCount { Readings = readings, States = states };
    }
}
