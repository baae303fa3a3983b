using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.History;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.History;
using PulseRun.Store.Postgres.Launch;

namespace PulseRun.Store.Postgres;

/// <summary>Takes over the content of a local store. Each batch is one transaction with its progress, so that an interrupted import continues where it ended.</summary>
internal sealed class StoreImport(Database database, ReadingHistory history)
{
    private const int Batch = 10_000;

    public const string SelectProgress = "SELECT upto FROM pulserun.import WHERE source = $1 AND step = $2";

    public const string SaveProgress = """
        INSERT INTO pulserun.import AS i (source, step, upto, rows) VALUES ($1, $2, $3, $4)
        ON CONFLICT (source, step) DO UPDATE SET upto = excluded.upto, rows = i.rows + excluded.rows
        """;

    public StoreCount Run(string source, IStoreContent local, Action<long> progress)
    {
        long readings = 0, states = 0, launches = 0, stops = 0, prices = 0;
        NoteCount notes = default;
        IReadOnlyList<string> accounts = local.Accounts();
        // A note without an account, such as a protection of an earlier version, holds for its id under every account, so any of them can own it.
        ILookup<string, StoredNote> noted = local.Notes().ToLookup(note => note.Note.Account ?? (accounts.Count > 0 ? accounts[0] : ""), StringComparer.Ordinal);
        foreach (string account in accounts)
        {
            launches += Launches(account, local.Launches(account));
            states += States(account, local.Store.History.States(account, DateTimeOffset.FromUnixTimeMilliseconds(0)));
            notes += NoteImport.Run(database, source, account, noted[account].ToList());
            prices += Prices(account, local.Prices(account));
            stops += Stops(account, local.Store.Cleanups.Stops(account));
            foreach (long count in Readings(source, account, local.Store.History))
                progress(readings += count);
        }
        return new StoreCount { Readings = readings, States = states, Launches = launches, Notes = notes.Notes, Protections = notes.Protections, NamesTaken = notes.NamesTaken, Prices = prices, Stops = stops };
    }

    /// <summary>Takes over readings in time order. A batch ends between two times, so that the next one can begin after it.</summary>
    private IEnumerable<long> Readings(string source, string account, IHistory local)
    {
        string step = "readings " + account;
        long upTo = database.Read(session => session.One(SelectProgress, source, step) is long known ? known : 0);
        var batch = new List<InstanceMetrics>(Batch);
        foreach (InstanceMetrics reading in local.Readings(account, null, DateTimeOffset.FromUnixTimeMilliseconds(upTo + 1)))
        {
            if (batch.Count >= Batch && reading.SampledAt != batch[batch.Count - 1].SampledAt)
            {
                yield return Write(source, step, account, batch);
                batch.Clear();
            }
            batch.Add(reading);
        }
        if (batch.Count > 0)
            yield return Write(source, step, account, batch);
    }

    private long Write(string source, string step, string account, List<InstanceMetrics> batch) =>
        database.Write(session =>
        {
            long upTo = batch[batch.Count - 1].SampledAt.ToUnixTimeMilliseconds();
            // Another process may import the same file at the same time.
            session.Lock(AccountLock.History, session.Account(account));
            if (session.One(SelectProgress, source, step) is long known && known >= upTo)
                return 0;
            long written = history.Write(session, account, batch, session.Now);
            session.Run(SaveProgress, source, step, upTo, written);
            return written;
        });

    private long States(string account, IReadOnlyList<RecordedState> states)
    {
        long count = 0;
        for (int at = 0; at < states.Count; at += Batch)
        {
            List<RecordedState> part = states.Skip(at).Take(Batch).ToList();
            count += database.Write(session =>
            {
                int number = session.Account(account);
                session.Lock(AccountLock.History, number);
                Dictionary<string, int> rows = InstanceRows.Ensure(session, number, part.Select(static one => one.Id).ToArray(), part.Min(static one => one.Since).ToUnixTimeMilliseconds());
                int[] instances = part.Select(one => rows[one.Id]).ToArray();
                int added = session.Run("""
                    INSERT INTO pulserun.state (instance, since, last_seen, largest_gap, status, cost, started_at)
                    SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::numeric[], $7::bigint[]) ON CONFLICT DO NOTHING
                    """, instances, Times(static one => one.Since), Times(static one => one.LastSeen), part.Select(static one => (long)one.LargestGap.TotalMilliseconds).ToArray(),
                    part.Select(static one => one.Status).ToArray(), part.Select(static one => one.CostPerHour).ToArray(), part.Select(static one => one.StartedAt?.ToUnixTimeMilliseconds()).ToArray());
                session.Run("""
                    UPDATE pulserun.instance i SET state_since = greatest(i.state_since, g.since), gpu = coalesce(i.gpu, g.gpu), provider = coalesce(i.provider, g.provider), region = coalesce(i.region, g.region), template = coalesce(i.template, g.template)
                    FROM (SELECT id, max(since) AS since, max(gpu) AS gpu, max(provider) AS provider, max(region) AS region, max(template) AS template
                        FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) AS t (id, since, gpu, provider, region, template) GROUP BY id) g
                    WHERE i.id = g.id
                    """, instances, Times(static one => one.Since), Texts(static one => one.Gpu), Texts(static one => one.Provider), Texts(static one => one.Region), Texts(static one => one.Template));
                return added;
            });

            long[] Times(Func<RecordedState, DateTimeOffset> value) => part.Select(one => value(one).ToUnixTimeMilliseconds()).ToArray();

            string?[] Texts(Func<RecordedState, string?> value) => part.Select(value).ToArray();
        }
        return count;
    }

    private long Launches(string account, IReadOnlyList<LaunchRecord> launches) =>
        launches.Count == 0 ? 0 : database.Write(session =>
        {
            int number = session.Account(account), count = 0;
            foreach (LaunchRecord one in launches)
            {
                int added = session.Run(LaunchRows.Insert + " ON CONFLICT DO NOTHING", [number, HostIdentity.Host, .. LaunchRows.Values(one, one.Price, one.Owner!)]);
                if (added == 0)
                    continue;
                count++;
                session.Run("""
                    UPDATE pulserun.launch mine SET owner = NULL, sent_at = $2, boot = $3, sent_tick = $4, ended_tick = $5, answered = $6, met_boot = $7, met_tick = $8, outcome = $9, matched_by = $10, resolved_at = $11,
                        told = $12, gone = $13, look_again = $14,
                        instance = CASE WHEN EXISTS (SELECT 1 FROM pulserun.launch other WHERE other.account = mine.account AND other.instance = $15::text) THEN NULL ELSE $15::text END
                    WHERE intent = $1
                    """, one.IntentId, one.SentAt, one.Sent?.Boot, LaunchRows.Milliseconds(one.Sent?.SinceBoot), LaunchRows.Milliseconds(one.Ended?.SinceBoot), one.IsAnswered, one.FirstMet?.Boot,
                    LaunchRows.Milliseconds(one.FirstMet?.SinceBoot), (int?)one.Outcome, one.MatchedBy, one.ResolvedAt, one.IsTold, one.IsGone, one.NeedsAnotherLook, one.InstanceId);
            }
            return count;
        });

    private long Prices(string account, IReadOnlyList<StoredPrice> prices) =>
        prices.Count == 0 ? 0 : database.Write(session => session.Run("""
            INSERT INTO pulserun.price (account, gpu, spot, provider, region, cost, seen_at)
            SELECT $1, * FROM unnest($2::text[], $3::boolean[], $4::text[], $5::text[], $6::numeric[], $7::bigint[]) AS g (gpu, spot, provider, region, cost, seen_at) ORDER BY gpu, spot, provider, region
            ON CONFLICT (account, gpu, spot, provider, region) DO UPDATE SET cost = excluded.cost, seen_at = excluded.seen_at WHERE excluded.seen_at > price.seen_at
            """, session.Account(account), prices.Select(static one => one.Gpu).ToArray(), prices.Select(static one => one.Spot).ToArray(), prices.Select(static one => one.Provider).ToArray(),
            prices.Select(static one => one.Region).ToArray(), prices.Select(static one => one.CostPerHour).ToArray(), prices.Select(static one => one.SeenAt.ToUnixTimeMilliseconds()).ToArray()));

    private long Stops(string account, IReadOnlyList<CleanupStop> stops) =>
        stops.Count == 0 ? 0 : database.Write(session => session.Run(
            "INSERT INTO pulserun.cleanup_stop (account, instance, at) SELECT $1, * FROM unnest($2::text[], $3::bigint[]) ON CONFLICT DO NOTHING",
            session.Account(account), stops.Select(static one => one.Id).ToArray(), stops.Select(static one => one.At.ToUnixTimeMilliseconds()).ToArray()));
}
