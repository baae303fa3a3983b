using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Launch;

/// <summary>Stores the launch journal in the database. Each step is one statement or one transaction, so that other processes and a kill at any point leave it consistent.</summary>
internal sealed class LaunchJournal(Database database) : ILaunchJournal
{
    private const string InsertLaunch = """
        INSERT INTO launch (intent, account, gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery,
            budget_limit, requested_at, owner, request_timeout, max_hourly, max_fleet, unknown_price, price)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
        """;

    private const string SelectLaunch = """
        SELECT intent, gpu, template, docker_image, disk_size_gb, region, spot, ssh_key_id, provider, auto_migrate, auto_spot_recovery, budget_limit,
            requested_at, sent_at, owner, instance, outcome, matched_by, resolved_at,
            request_timeout, max_hourly, max_fleet, unknown_price, price, boot, sent_tick, ended_tick, answered, met_boot, met_tick, told, gone, look_again, seen_upto
        FROM launch WHERE account = ?1
        """;

    /// <summary>Records when a launch was sent. <c>seen_upto</c> is the last number that AUTOINCREMENT assigned: an instance with a higher number was not known when the launch was sent.</summary>
    private const string MarkLaunchSent = """
        UPDATE launch SET sent_at = ?2, boot = ?3, sent_tick = ?4, ended_tick = NULL, answered = 0,
            seen_upto = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'instance'), 0)
        WHERE intent = ?1
        """;

    private const string Claim = "UPDATE OR IGNORE launch SET instance = ?2 WHERE intent = ?1 AND (instance IS NULL OR instance = ?2)";

    /// <summary>Closes an intent. A launched one keeps its owner, because the running command is about to write its instance.</summary>
    private const string CloseLaunch = """
        UPDATE OR IGNORE launch SET outcome = ?2, instance = ?3, matched_by = ?4, resolved_at = ?5, gone = ?6, look_again = ?7, price = coalesce(?8, price),
            owner = CASE WHEN ?2 = 1 THEN owner ELSE NULL END
        WHERE intent = ?1 AND (outcome IS NULL OR outcome <> 1 OR (?2 = 1 AND instance = ?3))
        """;

    private const string Adopt = "UPDATE launch SET owner = ?3 WHERE intent = ?1 AND owner IS ?2 AND outcome IS NULL";

    private const string UpsertPrice = """
        INSERT INTO price (account, gpu, spot, provider, region, cost, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET cost = excluded.cost, seen_at = excluded.seen_at WHERE excluded.seen_at >= seen_at
        """;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    private readonly GroupCommit _commits = new(database);

    public bool IsShared => true;

    public FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet) =>
        _commits.Write(session =>
        {
            LaunchRequest request = intent.Request;
            decimal? price = intent.Price ?? EstimatePrice(session, account, request, null);
            FleetRoom room = fleet is null ? FleetRoom.Unlimited : fleet.Weigh(Costing(session, account), intent.IntentId, price);
            if (room.Check == CostCheck.Within)
            {
                session.Sql(InsertLaunch).Run(
                    Key(intent.IntentId), session.Account(account), request.Gpu, request.Template, request.DockerImage, request.DiskSizeGb, request.Region, request.Spot, request.SshKeyId,
                    request.Provider, request.AutoMigrate, request.AutoSpotRecovery, request.BudgetLimit, intent.RequestedAt, ProcessIdentity.Current,
                    Milliseconds(intent.RequestTimeout), intent.MaxHourlyCost, intent.MaxFleetCostPerHour, intent.AllowUnknownPrice, price);
            }
            return room;
        });

    public FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet) =>
        _commits.Write(session =>
        {
            if (price is not null)
                session.Sql("UPDATE launch SET price = ?2 WHERE intent = ?1").Run(Key(intentId), price);
            if (fleet is null)
                return FleetRoom.Unlimited;
            List<LaunchRecord> costing = Costing(session, account);
            return fleet.Weigh(costing, intentId, price ?? costing.Find(launch => launch.IntentId == intentId)?.Price);
        });

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        if (_commits.Write(session => session.Sql(MarkLaunchSent).Run(Key(intentId), sentAt, clock.Boot, Milliseconds(clock.SinceBoot))) == 0)
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The launch is no longer in the store, because the file was deleted or replaced after damage.");
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) =>
        _commits.Write(session => session.Sql("UPDATE launch SET ended_tick = ?2, answered = ?3 WHERE intent = ?1 AND boot = ?4")
            .Run(Key(intentId), Milliseconds(clock.SinceBoot), isAnswered, clock.Boot));

    public bool TryClaim(Guid intentId, string instanceId) =>
        _commits.Write(session => session.Sql(Claim).Run(Key(intentId), instanceId)) == 1;

    public bool Close(Guid intentId, LaunchClosing closing)
    {
        bool launched = closing.Outcome == LaunchOutcome.Launched;
        if (closing.Outcome == LaunchOutcome.Unknown || (launched && closing.InstanceId is null))
            throw new ArgumentException("An intent can be closed only as Launched with an instance, or as NotLaunched.", nameof(closing));
        return _commits.Write(session =>
        {
            session.Sql("DELETE FROM launch WHERE resolved_at < ?1").Run(Retention.Before(closing.Now, s_kept));
            return session.Sql(CloseLaunch).Run(
                Key(intentId), (int)closing.Outcome, launched ? closing.InstanceId : null, closing.MatchedBy, closing.Now, closing.IsGone, closing.NeedsAnotherLook, closing.Price);
        }) == 1;
    }

    public void Reopen(Guid intentId) =>
        _commits.Write(session => session.Sql("UPDATE launch SET outcome = NULL, resolved_at = NULL, look_again = 0, owner = ?2 WHERE intent = ?1 AND outcome = 2")
            .Run(Key(intentId), ProcessIdentity.Current));

    public void Release(params Guid[] intentIds) => Each(intentIds, "UPDATE launch SET owner = NULL WHERE intent = ?1", durably: true);

    public void MarkTold(IReadOnlyCollection<Guid> intentIds) => Each(intentIds, "UPDATE launch SET told = 1 WHERE intent = ?1", durably: false);

    public void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds) => Each(intentIds, "UPDATE launch SET look_again = 0 WHERE intent = ?1", durably: false);

    public void Meet(Guid intentId, SteadyTime clock) =>
        database.Write(session => session.Sql("UPDATE launch SET met_boot = ?2, met_tick = ?3 WHERE intent = ?1 AND met_boot IS NOT ?2")
            .Run(Key(intentId), clock.Boot, Milliseconds(clock.SinceBoot)));

    public IReadOnlyList<LaunchRecord> Open(string account) =>
        Select(account, SelectLaunch + " AND outcome IS NULL ORDER BY requested_at, intent");

    public IReadOnlyList<LaunchRecord> Untold(string account) =>
        Select(account, SelectLaunch + " AND outcome = 1 AND told = 0 ORDER BY requested_at, intent");

    public IReadOnlyList<LaunchRecord> ToLookAtAgain(string account) =>
        Select(account, SelectLaunch + " AND outcome IN (1, 2) AND gone = 0 AND look_again = 1 ORDER BY requested_at, intent");

    public LaunchRecord? Find(string account, Guid intentId)
    {
        List<LaunchRecord> found = Select(account, SelectLaunch + " AND intent = ?2", Key(intentId));
        return found.Count == 0 ? null : found[0];
    }

    public bool TryAdopt(LaunchRecord seen) =>
        _commits.Write(session => session.Sql(Adopt).Run(Key(seen.IntentId), seen.Owner, ProcessIdentity.Current)) == 1;

    public JournalView Look(string account)
    {
        // One statement, so that all rows are from the same moment.
        List<LaunchRecord> launches = Select(account, SelectLaunch + " AND (outcome IS NULL OR instance IS NOT NULL)");
        var claimed = new HashSet<string>(launches.Select(static launch => launch.InstanceId).OfType<string>(), StringComparer.Ordinal);
        return new JournalView(launches.FindAll(static launch => launch.Outcome is null), claimed, Numbers(account));
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now) =>
        database.Write(session =>
        {
            long number = session.Account(account);
            foreach (Instance instance in instances)
            {
                // Only billed instances are used: a stopped one may be listed with a lower price, and no GPU has the price 0.
                if (instance is { Gpu: { } gpu, CostPerHour: > 0 and { } cost } && InstanceStatus.IsBurning(instance.Status))
                    session.Sql(UpsertPrice).Run(number, gpu, instance.Spot == true, instance.Provider ?? "", instance.Region ?? "", cost, now);
            }
            return instances.Count;
        });

    public decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null) =>
        database.Read(session => EstimatePrice(session, account, request, seenSince));

    private static decimal? EstimatePrice(Session session, string account, LaunchRequest request, DateTimeOffset? seenSince)
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
            if (!IsAskedFor(request.Provider, prices.Text(0), "auto") || !IsAskedFor(request.Region, prices.Text(1), "any") || seen < seenSince || (best is not null && seen < bestSeen))
                continue;
            decimal cost = prices.MoneyOrNull(2)!.Value;
            if (best is null || seen > bestSeen || cost < best)
                (best, bestSeen) = (cost, seen);
        }
        return best;
    }

    /// <summary>Returns true when a value satisfies the requested one. A launch in region <c>us</c> may run in <c>us-east</c>.</summary>
    private static bool IsAskedFor(string? asked, string got, string all) =>
        asked is null || Same(asked, all) || Same(asked, got) || got.StartsWith(asked + "-", StringComparison.OrdinalIgnoreCase);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string Key(Guid intentId) => intentId.ToString("D");

    private static long? Milliseconds(TimeSpan? time) => time is { } known ? (long)known.TotalMilliseconds : null;

    private void Each(IReadOnlyCollection<Guid> intentIds, string sql, bool durably)
    {
        if (durably)
            _commits.Write(Run);
        else
            database.Write(Run);

        int Run(Session session) => intentIds.Sum(id => session.Sql(sql).Run(Key(id)));
    }

    /// <summary>Returns the launches that cost money or may cost money.</summary>
    private static List<LaunchRecord> Costing(Session session, string account) =>
        Select(session, account, SelectLaunch + " AND (outcome IS NULL OR (outcome = 1 AND gone = 0))");

    private Dictionary<string, long> Numbers(string account) =>
        database.Read(session =>
        {
            var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
            {
                Statement rows = session.Sql("SELECT name, id FROM instance WHERE account = ?1").Bind(number);
                while (rows.Step())
                    numbers[rows.Text(0)] = rows.Long(1);
            }
            return numbers;
        });

    private List<LaunchRecord> Select(string account, string sql, params object?[] more) => database.Read(session => Select(session, account, sql, more));

    private static List<LaunchRecord> Select(Session session, string account, string sql, params object?[] more)
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
    }

    /// <summary>Returns the state of a process. Results are cached, because a lookup reads two files and most launches have the same owner.</summary>
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
        RequestTimeout = SpanOrNull(row, 19),
        MaxHourlyCost = row.MoneyOrNull(20),
        MaxFleetCostPerHour = row.MoneyOrNull(21),
        AllowUnknownPrice = row.Long(22) != 0,
        Price = row.MoneyOrNull(23),
        Sent = SteadyOrNull(row, 24, 25),
        Ended = SteadyOrNull(row, 24, 26),
        IsAnswered = row.Long(27) != 0,
        FirstMet = SteadyOrNull(row, 28, 29),
        IsTold = row.Long(30) != 0,
        IsGone = row.Long(31) != 0,
        NeedsAnotherLook = row.Long(32) != 0,
        SeenUpTo = row.IsNull(33) ? null : row.Long(33),
    };

    private static TimeSpan? SpanOrNull(Statement row, int column) => row.IsNull(column) ? null : TimeSpan.FromMilliseconds(row.Long(column));

    private static SteadyTime? SteadyOrNull(Statement row, int boot, int tick) =>
        row.IsNull(boot) || row.IsNull(tick) ? null : new SteadyTime(row.Text(boot), TimeSpan.FromMilliseconds(row.Long(tick)));
}
