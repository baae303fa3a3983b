using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Launches;

/// <summary>The launch journal in the database. Each step is one statement or one transaction, so that processes and kills can meet at any point.</summary>
internal sealed class LaunchJournal(Database database) : ILaunchJournal
{
    private const string InsertLaunch = """
        INSERT INTO launch (intent, account, gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery,
            budget_limit, requested_at, owner)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        """;

    private const string SelectLaunch = """
        SELECT intent, gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery, budget_limit,
            requested_at, sent_at, owner, instance, outcome, matched_by, resolved_at
        FROM launch WHERE account = ?1
        """;

    private const string Claim = "UPDATE OR IGNORE launch SET instance = ?2 WHERE intent = ?1 AND (instance IS NULL OR instance = ?2)";

    private const string CloseLaunch = """
        UPDATE OR IGNORE launch SET outcome = ?2, instance = ?3, matched_by = ?4, resolved_at = ?5, owner = NULL
        WHERE intent = ?1 AND (outcome IS NULL OR outcome <> 1 OR (?2 = 1 AND instance = ?3))
        """;

    private const string Adopt = "UPDATE launch SET owner = ?3 WHERE intent = ?1 AND owner IS ?2 AND outcome IS NULL";

    private const string UpsertPrice = """
        INSERT INTO price (account, gpu, spot, provider, region, cost, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET cost = excluded.cost, seen_at = excluded.seen_at WHERE excluded.seen_at >= seen_at
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    private readonly GroupCommit _commits = new(database);

    public void Begin(string account, Guid intentId, LaunchRequest request, DateTimeOffset now) =>
        _commits.Write(session => session.Sql(InsertLaunch).Run(
            Key(intentId), session.Account(account), request.Gpu, request.Template, request.DockerImage, request.DiskSizeGb, request.Region, request.Spot, request.SshKeyId,
            request.Provider, request.AutoMigrate, request.AutoSpotRecovery, request.BudgetLimit, now, ProcessIdentity.Current));

    public void MarkSent(Guid intentId, DateTimeOffset sentAt) =>
        _commits.Write(session => session.Sql("UPDATE launch SET sent_at = ?2 WHERE intent = ?1").Run(Key(intentId), sentAt));

    public bool TryClaim(Guid intentId, string instanceId) =>
        _commits.Write(session => session.Sql(Claim).Run(Key(intentId), instanceId)) == 1;

    public bool Close(Guid intentId, LaunchOutcome outcome, string? instanceId, string? matchedBy, DateTimeOffset now)
    {
        if (outcome == LaunchOutcome.Unknown || outcome == LaunchOutcome.Launched && instanceId is null)
            throw new ArgumentException("An intent is closed by Launched, with an instance, or by NotLaunched.", nameof(outcome));
        return _commits.Write(session =>
        {
            session.Sql("DELETE FROM launch WHERE resolved_at < ?1").Run(Retention.Before(now, s_kept));
            bool launched = outcome == LaunchOutcome.Launched;
            return session.Sql(CloseLaunch).Run(Key(intentId), (int)outcome, launched ? instanceId : null, matchedBy, now);
        }) == 1;
    }

    public void Release(Guid intentId) =>
        _commits.Write(session => session.Sql("UPDATE launch SET owner = NULL WHERE intent = ?1").Run(Key(intentId)));

    public IReadOnlyList<LaunchRecord> Open(string account) =>
        Select(account, SelectLaunch + " AND outcome IS NULL ORDER BY requested_at, intent");

    public LaunchRecord? Find(string account, Guid intentId)
    {
        List<LaunchRecord> found = Select(account, SelectLaunch + " AND intent = ?2", Key(intentId));
        return found.Count == 0 ? null : found[0];
    }

    public bool TryAdopt(LaunchRecord seen) =>
        _commits.Write(session => session.Sql(Adopt).Run(Key(seen.IntentId), seen.Owner, ProcessIdentity.Current)) == 1;

    public JournalView Look(string account, DateTimeOffset sentAt)
    {
        // One statement, so one moment.
        List<LaunchRecord> launches = Select(account, SelectLaunch + " AND (outcome IS NULL OR instance IS NOT NULL)");
        HashSet<string> taken = SeenBefore(account, sentAt);
        taken.UnionWith(launches.Select(static launch => launch.InstanceId).OfType<string>());
        return new JournalView(launches.FindAll(static launch => launch.Outcome is null), taken);
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            foreach (Instance instance in instances)
            {
                // A stopped instance may be listed with the price of its stop.
                if (instance is { Gpu: { } gpu, CostPerHour: { } cost } && InstanceStatus.IsBurning(instance.Status))
                    session.Sql(UpsertPrice).Run(number, gpu, instance.Spot == true, instance.Provider ?? "", instance.Region ?? "", cost, now);
            }
            return instances.Count;
        });

    public decimal? EstimatePrice(string account, LaunchRequest request) =>
        database.Read(session =>
        {
            if (session.FindAccount(account) is not { } number)
                return null;
            Statement prices = session.Sql("SELECT provider, region, cost, seen_at FROM price WHERE account = ?1 AND gpu = ?2 AND spot = ?3");
            prices.Bind(number, request.Gpu, request.Spot == true);
            decimal? best = null;
            DateTimeOffset bestSeen = default;
            while (prices.Step())
            {
                DateTimeOffset seen = prices.Time(3);
                if (!IsAskedFor(request.Provider, prices.Text(0), "auto") || !IsAskedFor(request.Region, prices.Text(1), "any") || best is not null && seen < bestSeen)
                    continue;
                decimal cost = prices.MoneyOrNull(2)!.Value;
                if (best is null || seen > bestSeen || cost < best)
                    (best, bestSeen) = (cost, seen);
            }
            return best;
        });

    /// <summary>A launch asks for <c>us</c> and gets <c>us-east</c>.</summary>
    private static bool IsAskedFor(string? asked, string got, string all) =>
        asked is null || Same(asked, all) || Same(asked, got) || got.StartsWith(asked + "-", StringComparison.OrdinalIgnoreCase);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string Key(Guid intentId) => intentId.ToString("D");

    private HashSet<string> SeenBefore(string account, DateTimeOffset moment) =>
        database.Read(session =>
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                Statement rows = session.Sql("SELECT name FROM instance WHERE account = ?1 AND first_seen < ?2").Bind(number, moment);
                while (rows.Step())
                    names.Add(rows.Text(0));
            }
            return names;
        });

    private List<LaunchRecord> Select(string account, string sql, params object?[] more) =>
        database.Read(session =>
        {
            var found = new List<LaunchRecord>();
            var owners = new Dictionary<string, OwnerState>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                Statement rows = session.Sql(sql).Bind([number, .. more]);
                while (rows.Step())
                    found.Add(Record(rows, owners));
            }
            return found;
        });

    /// <summary>Looking a process up costs two files, and most launches have the same owner.</summary>
    private static OwnerState StateOf(string? owner, Dictionary<string, OwnerState> known)
    {
        if (owner is null)
            return OwnerState.Released;
        if (!known.TryGetValue(owner, out OwnerState state))
            known.Add(owner, state = ProcessIdentity.StateOf(owner));
        return state;
    }

    private static LaunchRecord Record(Statement row, Dictionary<string, OwnerState> owners) => new()
    {
        IntentId = Guid.Parse(row.Text(0)),
        Request = new LaunchRequest
        {
            Gpu = row.Text(1),
            Template = row.Text(2),
            DockerImage = row.TextOrNull(3),
            DiskSizeGb = row.IntOrNull(4),
            Region = row.TextOrNull(5),
            Spot = row.FlagOrNull(6),
            SshKeyId = row.TextOrNull(7),
            Provider = row.TextOrNull(8),
            AutoMigrate = row.FlagOrNull(9),
            AutoSpotRecovery = row.FlagOrNull(10),
            BudgetLimit = row.MoneyOrNull(11),
        },
        RequestedAt = row.Time(12),
        SentAt = row.TimeOrNull(13),
        Owner = row.TextOrNull(14),
        OwnerState = StateOf(row.TextOrNull(14), owners),
        InstanceId = row.TextOrNull(15),
        Outcome = row.IntOrNull(16) is { } outcome ? (LaunchOutcome)outcome : null,
        MatchedBy = row.TextOrNull(17),
        ResolvedAt = row.TimeOrNull(18),
    };
}
