using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Store.Postgres.Budgets;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Notes;

namespace PulseRun.Store.Postgres.Launch;

/// <summary>Stores the launch journal for all hosts. Each step is one transaction, and claims are unique for all hosts together.</summary>
internal sealed class LaunchJournal(Database database) : ILaunchJournal
{
    /// <summary>Records when a launch was sent. <c>seen_upto</c> is the last number that the identity of instances has drawn: an instance with a higher number was not listed by any host before.</summary>
    private const string MarkLaunchSent = """
        UPDATE pulserun.launch SET sent_at = $2, boot = $3, sent_tick = $4, ended_tick = NULL, answered = false,
            seen_upto = (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM pulserun.instance_id_seq)
        WHERE intent = $1
        """;

    private const string Claim = """
        UPDATE pulserun.launch AS mine SET instance = $2 WHERE intent = $1 AND (instance IS NULL OR instance = $2)
            AND NOT EXISTS (SELECT 1 FROM pulserun.launch other WHERE other.account = mine.account AND other.instance = $2 AND other.intent <> $1)
        """;

    /// <summary>Closes an intent. A launched one keeps its owner, because the running command is about to write its instance.</summary>
    private const string CloseLaunch = """
        UPDATE pulserun.launch AS mine SET outcome = $2, instance = $3::text, matched_by = $4, resolved_at = $5, gone = $6, look_again = $7, price = coalesce($8::numeric, price),
            owner = CASE WHEN $2 = 1 THEN owner ELSE NULL END
        WHERE intent = $1 AND (outcome IS NULL OR outcome <> 1 OR ($2 = 1 AND instance = $3::text)) AND (NOT $7 OR instance IS NULL)
            AND NOT EXISTS (SELECT 1 FROM pulserun.launch other WHERE other.account = mine.account AND other.instance = $3::text AND other.intent <> $1)
        """;

    /// <summary>Finds a launch whose attempt ($2) launched nothing, and which is this process's ($3) or closed.</summary>
    private const string MayMoveOn = "SELECT 1 FROM pulserun.launch WHERE intent = $1 AND attempt = $2 AND instance IS NULL AND (outcome = 2 OR (outcome IS NULL AND owner = $3))";

    /// <summary>Finds a launch whose attempt ($2) has the instance that was removed ($3).</summary>
    private const string MayMoveOnAfterRemoval = "SELECT 1 FROM pulserun.launch WHERE intent = $1 AND attempt = $2 AND instance = $3";

    private const string WaitForNextAttempt = """
        UPDATE pulserun.launch SET waiting = true, owner = $2, outcome = NULL, instance = NULL, matched_by = NULL, resolved_at = NULL, told = false, gone = false, look_again = false,
            sent_at = NULL, boot = NULL, sent_tick = NULL, ended_tick = NULL, answered = false, met_boot = NULL, met_tick = NULL, seen_upto = NULL
        WHERE intent = $1
        """;

    /// <summary>Closes the copy of an attempt: with its removed instance ($2), or as not launched, to be looked at once more.</summary>
    private const string KeepAttempt = """
        UPDATE pulserun.launch SET instance = $2::text, outcome = CASE WHEN $2::text IS NULL THEN 2 ELSE 1 END, gone = $2::text IS NOT NULL, look_again = $2::text IS NULL, told = true, resolved_at = $3,
            owner = NULL, waiting = false, attempt = 0
        WHERE intent = $1
        """;

    private const string UpsertPrice = """
        INSERT INTO pulserun.price (account, gpu, spot, provider, region, cost, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (account, gpu, spot, provider, region) DO UPDATE SET cost = excluded.cost, seen_at = excluded.seen_at WHERE excluded.seen_at >= price.seen_at
        """;

    private const string OpenOnes = " AND outcome IS NULL ORDER BY requested_at, intent",
        UntoldOnes = " AND outcome = 1 AND NOT told ORDER BY requested_at, intent",
        UnseenOnes = " AND outcome = 2 AND look_again ORDER BY requested_at, intent";

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(90);

    public bool IsShared => true;

    public FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet) =>
        database.Write(session =>
        {
            int number = session.Account(account);
            decimal? price = intent.Price ?? EstimatePrice(session, account, intent.Request, null);
            if (fleet is not null || intent.Attempt > 1)
                session.Lock(AccountLock.Launches, number);
            FleetRoom room = fleet is null ? FleetRoom.Unlimited : fleet.Weigh(Costing(session, account), intent.IntentId, price);
            if (room.Check != CostCheck.Within)
                return room;
            if (BudgetRows.Refuse(session, intent, price) is { } exceeded)
                return room with { Refusal = exceeded };
            if (intent.Attempt <= 1 && intent.Note is { } note && NoteRows.Begin(session, account, intent, note) is { } refusal)
                return room with { Refusal = refusal };
            if (session.Run(intent.Attempt > 1 ? LaunchRows.Replace : LaunchRows.Insert, [number, HostIdentity.Host, .. LaunchRows.Values(intent, price, HostIdentity.Process)]) == 0)
                throw new StoreUnavailableException(StoreFailure.Corrupt, "The launch no longer waits for its next attempt, because another command has closed it.");
            if (intent.Attempt > 0)
                AttemptRows.Write(session, intent.IntentId, PlanAttempt.Of(intent.Request, intent.Attempt, intent.RequestedAt));
            return room;
        });

    public FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet) =>
        database.Write(session =>
        {
            if (fleet is not null)
                session.Lock(AccountLock.Launches, session.Account(account));
            if (price is not null)
                session.Run("UPDATE pulserun.launch SET price = $2 WHERE intent = $1", intentId, price);
            if (fleet is null)
                return FleetRoom.Unlimited;
            List<LaunchRecord> costing = Costing(session, account);
            return fleet.Weigh(costing, intentId, price ?? costing.Find(launch => launch.IntentId == intentId)?.Price);
        });

    public PulseRunException? WeighBudgets(LaunchRecord record, decimal price) =>
        database.Write(session =>
        {
            // A launch that is refused keeps the price that it reserved, so that this check is made again if the process ends before its instance is terminated.
            if (BudgetRows.Refuse(session, record, price) is { } refusal)
                return refusal;
            session.Run("UPDATE pulserun.launch SET price = $2 WHERE intent = $1", record.IntentId, price);
            return null;
        });

    public IReadOnlyList<BudgetLaunch> Billed(string service) => database.Read(session => BudgetRows.Launches(session, service));

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        int marked = database.Write(session =>
        {
            NoteRows.Sent(session, intentId, sentAt);
            return session.Run(MarkLaunchSent, intentId, sentAt, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot));
        });
        if (marked == 0)
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The launch is no longer in the store on " + database.Where + ".");
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) =>
        database.Write(session => session.Run("UPDATE pulserun.launch SET ended_tick = $2, answered = $3 WHERE intent = $1 AND boot = $4", intentId, LaunchRows.Milliseconds(clock.SinceBoot), isAnswered, clock.Boot));

    public bool TryClaim(Guid intentId, string instanceId) =>
        Exclusively(intentId, session =>
        {
            bool isClaimed = session.Run(Claim, intentId, instanceId) == 1;
            if (isClaimed)
                NoteRows.Bind(session, intentId, instanceId);
            return isClaimed;
        });

    public bool Close(Guid intentId, LaunchClosing closing)
    {
        bool launched = closing.Outcome == LaunchOutcome.Launched;
        if (closing.Outcome == LaunchOutcome.Unknown || (launched && closing.InstanceId is null))
            throw new ArgumentException("An intent can be closed only as Launched with an instance, or as NotLaunched.", nameof(closing));
        return Exclusively(intentId, session =>
        {
            session.Run("DELETE FROM pulserun.launch WHERE resolved_at < $1", Expiry.Before(closing.Now, session.Now, s_kept));
            NoteRows.DeleteOld(session, closing.Now);
            bool isClosed = session.Run(CloseLaunch, intentId, (int)closing.Outcome, launched ? closing.InstanceId : null, closing.MatchedBy, closing.Now, closing.IsGone, closing.NeedsAnotherLook, closing.Price) == 1;
            if (isClosed && launched)
                NoteRows.Bind(session, intentId, closing.InstanceId!);
            if (isClosed && (!launched || closing.IsGone))
                NoteRows.End(session, intentId, closing.Now);
            return isClosed;
        });
    }

    public bool MoveOn(string account, Guid intentId, PlanMove move) =>
        Exclusively(intentId, session =>
        {
            if (session.One(move.Removed is null ? MayMoveOn : MayMoveOnAfterRemoval, intentId, move.Attempt, move.Removed ?? HostIdentity.Process) is null)
                return false;
            if (move.KeptAs is { } copied)
                session.Run(LaunchRows.Copy, intentId, copied);
            session.Run(WaitForNextAttempt, intentId, HostIdentity.Process);
            if (move.KeptAs is { } kept)
                session.Run(KeepAttempt, kept, move.Removed, move.Now);
            NoteRows.MoveOn(session, intentId, move.KeptAs, move.Now);
            return true;
        });

    public void NoteAttempt(string account, Guid intentId, LaunchAttempt attempt) =>
        database.Write(session => AttemptRows.Write(session, intentId, attempt));

    public IReadOnlyList<LaunchAttempt> Attempts(Guid intentId) => database.Read(session => AttemptRows.Read(session, intentId));

    public void Reopen(Guid intentId) =>
        Exclusively(intentId, session =>
        {
            bool isOpened = session.Run("UPDATE pulserun.launch SET outcome = NULL, resolved_at = NULL, look_again = false, owner = $2 WHERE intent = $1 AND outcome = 2", intentId, HostIdentity.Process) > 0;
            if (isOpened)
                NoteRows.Reopen(session, intentId);
            return isOpened;
        });

    public void Release(params Guid[] intentIds) =>
        database.Write(session => session.Run("UPDATE pulserun.launch SET owner = NULL WHERE intent = ANY($1)", intentIds));

    public void MarkTold(IReadOnlyCollection<Guid> intentIds) => Lazily("UPDATE pulserun.launch SET told = true WHERE intent = ANY($1)", intentIds);

    public void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds) => Lazily("UPDATE pulserun.launch SET look_again = false WHERE intent = ANY($1)", intentIds);

    public void Meet(Guid intentId, SteadyTime clock) =>
        database.Write(session => session.Run("UPDATE pulserun.launch SET met_boot = $2, met_tick = $3 WHERE intent = $1 AND met_boot IS DISTINCT FROM $2", intentId, clock.Boot, LaunchRows.Milliseconds(clock.SinceBoot)));

    public IReadOnlyList<LaunchRecord> Open(string account) => Select(account, OpenOnes);

    public IReadOnlyList<LaunchRecord> Untold(string account) => Select(account, UntoldOnes);

    public IReadOnlyList<LaunchRecord> ToLookAtAgain(string account) => Select(account, UnseenOnes);

    public LaunchRecord? Find(string account, Guid intentId) => Select(account, " AND intent = $2", intentId).FirstOrDefault();

    public bool TryAdopt(LaunchRecord seen) =>
        database.Write(session => session.Run("UPDATE pulserun.launch SET owner = $3 WHERE intent = $1 AND owner IS NOT DISTINCT FROM $2::text AND outcome IS NULL", seen.IntentId, seen.Owner, HostIdentity.Process)) == 1;

    public JournalView Look(string account) =>
        database.Read(session =>
        {
            // One statement for the launches, so that all rows are from the same moment.
            List<LaunchRecord> launches = Select(session, account, " AND (outcome IS NULL OR instance IS NOT NULL)");
            var claimed = new HashSet<string>(launches.Select(static launch => launch.InstanceId).OfType<string>(), StringComparer.Ordinal);
            var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
            if (session.FindAccount(account) is { } number)
                session.Each("SELECT name, id FROM pulserun.instance WHERE account = $1", row => numbers[row.Text(0)] = row.Int(1), number);
            return new JournalView(launches.FindAll(static launch => launch.Outcome is null), claimed, numbers);
        });

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        // Only billed instances are used: a stopped one may be listed with a lower price, and no GPU has the price 0. Sorted, so that two hosts lock rows in one order.
        var prices = new SortedDictionary<(string, bool, string, string), decimal>();
        foreach (Instance instance in instances)
        {
            if (instance is { Gpu: { } gpu, CostPerHour: > 0 and { } cost } && InstanceStatus.IsBurning(instance.Status))
                prices[(gpu, instance.Spot == true, instance.Provider ?? "", instance.Region ?? "")] = cost;
        }
        if (prices.Count == 0)
            return;
        database.Write(session =>
        {
            session.CommitLazily();
            int number = session.Account(account);
            foreach (KeyValuePair<(string Gpu, bool Spot, string Provider, string Region), decimal> price in prices)
                session.Run(UpsertPrice, number, price.Key.Gpu, price.Key.Spot, price.Key.Provider, price.Key.Region, price.Value, now);
            return prices.Count;
        });
    }

    public decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null) =>
        database.Read(session => EstimatePrice(session, account, request, seenSince));

    private static decimal? EstimatePrice(Session session, string account, LaunchRequest request, DateTimeOffset? seenSince)
    {
        if (session.FindAccount(account) is not { } number)
            return null;
        decimal? best = null;
        DateTimeOffset bestSeen = default;
        session.Each("SELECT provider, region, cost, seen_at FROM pulserun.price WHERE account = $1 AND gpu = $2 AND spot = $3", row =>
        {
            DateTimeOffset seen = row.Time(3);
            if (!IsAskedFor(request.Provider, row.Text(0), "auto") || !IsAskedFor(request.Region, row.Text(1), "any") || seen < seenSince || (best is not null && seen < bestSeen))
                return;
            decimal cost = row.MoneyOrNull(2)!.Value;
            if (best is null || seen > bestSeen || cost < best)
                (best, bestSeen) = (cost, seen);
        }, number, request.Gpu, request.Spot == true);
        return best;
    }

    /// <summary>Returns true when a value satisfies the requested one. A launch in region <c>us</c> may run in <c>us-east</c>.</summary>
    private static bool IsAskedFor(string? asked, string got, string all) =>
        asked is null || Same(asked, all) || Same(asked, got) || got.StartsWith(asked + "-", StringComparison.OrdinalIgnoreCase);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs work that claims an instance, one after another for the account, so that of two hosts one gets the instance and the other an answer instead of an error.</summary>
    private bool Exclusively(Guid intentId, Func<Session, bool> work) =>
        database.Write(session =>
        {
            if (session.One("SELECT account FROM pulserun.launch WHERE intent = $1", intentId) is not int account)
                return false;
            session.Lock(AccountLock.Launches, account);
            return work(session);
        });

    private void Lazily(string sql, IReadOnlyCollection<Guid> intentIds) =>
        database.Write(session =>
        {
            session.CommitLazily();
            return session.Run(sql, intentIds.ToArray());
        });

    /// <summary>Returns the launches that cost money or may cost money.</summary>
    private static List<LaunchRecord> Costing(Session session, string account) => Select(session, account, " AND (outcome IS NULL OR (outcome = 1 AND NOT gone))");

    private List<LaunchRecord> Select(string account, string where, params object?[] more) => database.Read(session => Select(session, account, where, more));

    private static List<LaunchRecord> Select(Session session, string account, string where, params object?[] more) =>
        session.FindAccount(account) is { } number ? LaunchRows.Read(session, LaunchRows.Select + where, [number, .. more]) : [];
}
