using System;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres;

/// <summary>Deletes what is no longer needed, on request.</summary>
internal static class StoreUpkeep
{
    /// <summary>Deletes the readings and the ended states from before a time. The last state of each instance stays.</summary>
    public static StoreCount Clear(Database database, DateTimeOffset before)
    {
        long readings = database.Write(session =>
        {
            session.Run("SET LOCAL statement_timeout = '10min'");
            long count = (long)session.One("SELECT count(*) FROM pulserun.sample WHERE ts < $1", before)!;
            // Whole days are dropped; only the rest of the day of the given time is deleted row by row.
            session.One("SELECT pulserun.drop_partitions($1)", before);
            session.Run("DELETE FROM pulserun.sample WHERE ts < $1", before);
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
