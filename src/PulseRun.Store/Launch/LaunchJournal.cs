using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Store.Budgets;
using PulseRun.Store.Notes;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Launch;

/// <summary>Stores the launch journal in the database. Each step is one statement or one transaction, so that other processes and a kill at any point leave it consistent.</summary>
internal sealed class LaunchJournal(Database database, NoteMarker notes) : ILaunchJournal
{
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
        WHERE intent = ?1 AND (outcome IS NULL OR outcome <> 1 OR (?2 = 1 AND instance = ?3)) AND (NOT ?7 OR instance IS NULL)
        """;

    /// <summary>Finds a launch whose attempt (?2) is over, and that no other command has decided otherwise: it is closed as not launched, or it is this process's (?3) and has no instance.</summary>
    private const string MayMoveOn = """
        SELECT 1 FROM launch WHERE intent = ?1 AND attempt = ?2 AND instance IS NULL AND (outcome = 2 OR (outcome IS NULL AND owner = ?3))
        """;

    /// <summary>Finds a launch whose attempt (?2) has the instance that was removed (?3).</summary>
    private const string MayMoveOnAfterRemoval = "SELECT 1 FROM launch WHERE intent = ?1 AND attempt = ?2 AND instance = ?3";

    private const string WaitForNextAttempt = """
        UPDATE launch SET waiting = 1, owner = ?2, outcome = NULL, instance = NULL, matched_by = NULL, resolved_at = NULL, told = 0, gone = 0, look_again = 0,
            sent_at = NULL, boot = NULL, sent_tick = NULL, ended_tick = NULL, answered = 0, met_boot = NULL, met_tick = NULL, seen_upto = NULL
        WHERE intent = ?1
        """;

    /// <summary>Closes the copy of an attempt: with its removed instance (?2), or as not launched, to be looked at once more.</summary>
    private const string KeepAttempt = """
        UPDATE launch SET instance = ?2, outcome = CASE WHEN ?2 IS NULL THEN 2 ELSE 1 END, gone = ?2 IS NOT NULL, look_again = ?2 IS NULL, told = 1, resolved_at = ?3, owner = NULL, waiting = 0, attempt = 0
        WHERE intent = ?1
        """;

    private const string Adopt = "UPDATE launch SET owner = ?3 WHERE intent = ?1 AND owner IS ?2 AND outcome IS NULL";

    private const string UpsertPrice = """
        INSERT INTO price (account, gpu, spot, provider, region, cost, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET cost = excluded.cost, seen_at = excluded.seen_at WHERE excluded.seen_at >= seen_at
        """;

    /// <summary>The conditions of the indexes launch_open, launch_untold and launch_look_again.</summary>
    public const string OpenOnes = " AND outcome IS NULL ORDER BY requested_at, intent",
        UntoldOnes = " AND outcome = 1 AND told = 0 ORDER BY requested_at, intent",
        UnseenOnes = " AND outcome = 2 AND look_again = 1 ORDER BY requested_at, intent";

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    private readonly GroupCommit _commits = new(database);

    public bool IsShared => true;

    public FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet) =>
        _commits.Write(session =>
        {
            LaunchRequest request = intent.Request;
            decimal? price = intent.Price ?? EstimatePrice(session, account, request, null);
            FleetRoom room = fleet is null ? FleetRoom.Unlimited : fleet.Weigh(Costing(session, account), intent.IntentId, price);
            if (room.Check != CostCheck.Within)
                return room;
            if (BudgetRows.Refuse(session, intent, price) is { } exceeded)
                return room with { Refusal = exceeded };
            if (intent.Attempt <= 1 && intent.Note is { } note)
            {
                if (NoteRows.Begin(session, account, intent, note) is { } refusal)
                    return room with { Refusal = refusal };
                notes.Set();
            }
            string write = intent.Attempt > 1 ? LaunchRows.Replace : LaunchRows.Insert;
            if (session.Sql(write).Run([session.Account(account), .. LaunchRows.Values(intent, price, ProcessIdentity.Current)]) == 0)
                throw new StoreUnavailableException(StoreFailure.Corrupt, "The launch no longer waits for its next attempt, because another command has closed it, or the file was replaced after damage.");
            if (intent.Attempt > 0)
                AttemptRows.Write(session, intent.IntentId, PlanAttempt.Of(request, intent.Attempt, intent.RequestedAt));
            return room;
        });

    public FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet) =>
        _commits.Write(session =>
        {
            if (price is not null)
                session.Sql("UPDATE launch SET price = ?2 WHERE intent = ?1").Run(LaunchRows.Key(intentId), price);
            if (fleet is null)
                return FleetRoom.Unlimited;
            List<LaunchRecord> costing = Costing(session, account);
            return fleet.Weigh(costing, intentId, price ?? costing.Find(launch => launch.IntentId == intentId)?.Price);
        });

    public PulseRunException? WeighBudgets(LaunchRecord record, decimal price) =>
        _commits.Write(session =>
        {
            // A launch that is refused keeps the price that it reserved, so that this check is made again if the process ends before its instance is terminated.
            if (BudgetRows.Refuse(session, record, price) is { } refusal)
                return refusal;
            session.Sql("UPDATE launch SET price = ?2 WHERE intent = ?1").Run(LaunchRows.Key(record.IntentId), price);
            return null;
        });

    public IReadOnlyList<BudgetLaunch> Billed(string service) => database.Read(session => BudgetRows.Launches(session, service));

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        int marked = _commits.Write(session =>
        {
            NoteRows.Sent(session, LaunchRows.Key(intentId), sentAt);
            return session.Sql(MarkLaunchSent).Run(LaunchRows.Key(intentId), sentAt, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot));
        });
        if (marked == 0)
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The launch is no longer in the store, because the file was deleted or replaced after damage.");
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) =>
        _commits.Write(session => session.Sql("UPDATE launch SET ended_tick = ?2, answered = ?3 WHERE intent = ?1 AND boot = ?4")
            .Run(LaunchRows.Key(intentId), LaunchRows.Milliseconds(clock.SinceBoot), isAnswered, clock.Boot));

    public bool TryClaim(Guid intentId, string instanceId) =>
        _commits.Write(session =>
        {
            bool isClaimed = session.Sql(Claim).Run(LaunchRows.Key(intentId), instanceId) == 1;
            if (isClaimed)
                NoteRows.Bind(session, LaunchRows.Key(intentId), instanceId);
            return isClaimed;
        });

    public bool Close(Guid intentId, LaunchClosing closing)
    {
        bool launched = closing.Outcome == LaunchOutcome.Launched;
        if (closing.Outcome == LaunchOutcome.Unknown || (launched && closing.InstanceId is null))
            throw new ArgumentException("An intent can be closed only as Launched with an instance, or as NotLaunched.", nameof(closing));
        return _commits.Write(session =>
        {
            session.Sql("DELETE FROM launch WHERE resolved_at < ?1").Run(Retention.Before(closing.Now, s_kept));
            NoteRows.DeleteOld(session, closing.Now);
            bool isClosed = session.Sql(CloseLaunch).Run(
                LaunchRows.Key(intentId), (int)closing.Outcome, launched ? closing.InstanceId : null, closing.MatchedBy, closing.Now, closing.IsGone, closing.NeedsAnotherLook, closing.Price) == 1;
            if (isClosed && launched)
                NoteRows.Bind(session, LaunchRows.Key(intentId), closing.InstanceId!);
            if (isClosed && (!launched || closing.IsGone))
                NoteRows.End(session, LaunchRows.Key(intentId), closing.Now);
            return isClosed;
        });
    }

    public bool MoveOn(string account, Guid intentId, PlanMove move) =>
        _commits.Write(session =>
        {
            string key = LaunchRows.Key(intentId), owner = ProcessIdentity.Current;
            Statement may = session.Sql(move.Removed is null ? MayMoveOn : MayMoveOnAfterRemoval).Bind(key, move.Attempt, move.Removed ?? owner);
            bool isFound = may.Step();
            may.Reset();
            if (!isFound)
                return false;
            string? kept = move.KeptAs is { } id ? LaunchRows.Key(id) : null;
            if (kept is not null)
                session.Sql(LaunchRows.Copy).Run(key, kept);
            session.Sql(WaitForNextAttempt).Run(key, owner);
            if (kept is not null)
                session.Sql(KeepAttempt).Run(kept, move.Removed, move.Now);
            NoteRows.MoveOn(session, key, kept, move.Now);
            return true;
        });

    public void NoteAttempt(string account, Guid intentId, LaunchAttempt attempt) =>
        database.Write(session => AttemptRows.Write(session, intentId, attempt));

    public IReadOnlyList<LaunchAttempt> Attempts(Guid intentId) => database.Read(session => AttemptRows.Read(session, intentId));

    public void Reopen(Guid intentId) =>
        _commits.Write(session =>
        {
            int opened = session.Sql("UPDATE launch SET outcome = NULL, resolved_at = NULL, look_again = 0, owner = ?2 WHERE intent = ?1 AND outcome = 2").Run(LaunchRows.Key(intentId), ProcessIdentity.Current);
            if (opened > 0)
                NoteRows.Reopen(session, LaunchRows.Key(intentId));
            return opened;
        });

    public void Release(params Guid[] intentIds) => Each(intentIds, "UPDATE launch SET owner = NULL WHERE intent = ?1", durably: true);

    public void MarkTold(IReadOnlyCollection<Guid> intentIds) => Each(intentIds, "UPDATE launch SET told = 1 WHERE intent = ?1", durably: false);

    public void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds) => Each(intentIds, "UPDATE launch SET look_again = 0 WHERE intent = ?1", durably: false);

    public void Meet(Guid intentId, SteadyTime clock) =>
        database.Write(session => session.Sql("UPDATE launch SET met_boot = ?2, met_tick = ?3 WHERE intent = ?1 AND met_boot IS NOT ?2")
            .Run(LaunchRows.Key(intentId), clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot)));

    public IReadOnlyList<LaunchRecord> Open(string account) =>
        Select(account, OpenOnes);

    public IReadOnlyList<LaunchRecord> Untold(string account) =>
        Select(account, UntoldOnes);

    public IReadOnlyList<LaunchRecord> ToLookAtAgain(string account) =>
        Select(account, UnseenOnes);

    public LaunchRecord? Find(string account, Guid intentId)
    {
        List<LaunchRecord> found = Select(account, " AND intent = ?2", LaunchRows.Key(intentId));
        return found.Count == 0 ? null : found[0];
    }

    public bool TryAdopt(LaunchRecord seen) =>
        _commits.Write(session => session.Sql(Adopt).Run(LaunchRows.Key(seen.IntentId), seen.Owner, ProcessIdentity.Current)) == 1;

    public JournalView Look(string account)
    {
        // One statement, so that all rows are from the same moment.
        List<LaunchRecord> launches = Select(account, " AND (outcome IS NULL OR instance IS NOT NULL)");
        var claimed = new HashSet<string>(launches.Select(static launch => launch.InstanceId).OfType<string>(), StringComparer.Ordinal);
        return new JournalView(launches.FindAll(static launch => launch.Outcome is null), claimed, Numbers(account))
        {
            Launched = launches.Where(static launch => launch.Outcome == LaunchOutcome.Launched).Select(static launch => launch.Sent).OfType<SteadyTime>().ToList(),
        };
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

    private void Each(IReadOnlyCollection<Guid> intentIds, string sql, bool durably)
    {
        if (durably)
            _commits.Write(Run);
        else
            database.Write(Run);

        int Run(Session session) => intentIds.Sum(id => session.Sql(sql).Run(LaunchRows.Key(id)));
    }

    /// <summary>Returns the launches that cost money or may cost money.</summary>
    private static List<LaunchRecord> Costing(Session session, string account) =>
        Select(session, account, " AND (outcome IS NULL OR (outcome = 1 AND gone = 0))");

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

    private List<LaunchRecord> Select(string account, string where, params object?[] more) => database.Read(session => Select(session, account, where, more));

    private static List<LaunchRecord> Select(Session session, string account, string where, params object?[] more) =>
        session.FindAccount(account) is { } number ? LaunchRows.Read(session.Sql(LaunchRows.Select + where).Bind([number, .. more])) : [];
}
