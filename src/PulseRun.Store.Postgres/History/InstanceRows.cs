using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.History;

/// <summary>Finds and inserts the rows of instances, many in one statement.</summary>
internal static class InstanceRows
{
    /// <summary>Returns the numbers of instances. Inserts the rows that are missing; numbers are drawn for these only.</summary>
    public static Dictionary<string, int> Ensure(Session session, int account, IReadOnlyCollection<string> names, long now)
    {
        // Rows are inserted in one order, so that two hosts that insert the same new instances cannot wait for each other.
        string[] sorted = names.Distinct(StringComparer.Ordinal).OrderBy(static name => name, StringComparer.Ordinal).ToArray();
        Dictionary<string, int> found = Find(session, account, sorted);
        if (found.Count == sorted.Length)
            return found;
        string[] missing = sorted.Where(name => !found.ContainsKey(name)).ToArray();
        session.Run("INSERT INTO pulserun.instance (account, name, first_seen) SELECT $1, name, $3 FROM unnest($2::text[]) AS given (name) ON CONFLICT (account, name) DO NOTHING", account, missing, now);
        foreach (KeyValuePair<string, int> one in Find(session, account, missing))
            found[one.Key] = one.Value;
        return found;
    }

    public static Dictionary<string, int> Find(Session session, int account, string[] names)
    {
        var numbers = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        session.Each("SELECT name, id FROM pulserun.instance WHERE account = $1 AND name = ANY($2)", row => numbers[row.Text(0)] = row.Int(1), account, names);
        return numbers;
    }
}
