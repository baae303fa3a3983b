using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Implements the journal of a command with -NoJournal. It separates the launches of this process and is lost with it. Other processes do not see it, so nothing is adopted by its properties.</summary>
internal sealed class InMemoryJournal : ILaunchJournal
{
    /// <summary>The launch that has claimed each instance, for all commands of the process: a command must not adopt an instance that an earlier one has launched.</summary>
    private static readonly ConcurrentDictionary<(string Account, string Id), Guid> s_claims = new();

    private readonly object _lock = new();
    private readonly Dictionary<Guid, LaunchRecord> _records = [];
    private readonly List<Instance> _priced = [];
    private string _account = "";

    public bool IsShared => false;

    public FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet)
    {
        lock (_lock)
        {
            _account = account;
            decimal? price = intent.Price ?? EstimatePrice(account, intent.Request);
            var room = fleet?.Weigh(_records.Values, intent.IntentId, price) ?? FleetRoom.Unlimited;
            if (room.Check == CostCheck.Within)
                _records[intent.IntentId] = intent with { Price = price, OwnerState = OwnerState.Alive };
            return room;
        }
    }

    public FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet)
    {
        lock (_lock)
        {
            var record = _records[intentId] with { Price = price ?? _records[intentId].Price };
            _records[intentId] = record;
            return fleet?.Weigh(_records.Values, intentId, record.Price) ?? FleetRoom.Unlimited;
        }
    }

    /// <summary>Returns null: budgets are in the store, and this journal has none.</summary>
    public PulseRunException? WeighBudgets(LaunchRecord record, decimal price) => null;

    public IReadOnlyList<BudgetLaunch> Billed(string service) => [];

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock) => Change(intentId, record => record with { SentAt = sentAt, Sent = clock, Ended = null, IsAnswered = false });

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered) => Change(intentId, record => record with { Ended = clock, IsAnswered = isAnswered });

    public bool TryClaim(Guid intentId, string instanceId)
    {
        lock (_lock)
        {
            var record = _records[intentId];
            if (record.InstanceId is { } own && own != instanceId)
                return false;
            if (s_claims.GetOrAdd((_account, instanceId), intentId) != intentId)
                return false;
            _records[intentId] = record with { InstanceId = instanceId };
            return true;
        }
    }

    public bool Close(Guid intentId, LaunchClosing closing)
    {
        lock (_lock)
        {
            if (closing.InstanceId is not null && !TryClaim(intentId, closing.InstanceId))
                return false;
            if (closing.NeedsAnotherLook && _records[intentId].InstanceId is not null)
                return false;
            _records[intentId] = _records[intentId] with
            {
                Outcome = closing.Outcome,
                IsGone = closing.IsGone,
                MatchedBy = closing.MatchedBy,
                ResolvedAt = closing.Now,
                Price = closing.Price ?? _records[intentId].Price,
            };
            return true;
        }
    }

    public bool MoveOn(string account, Guid intentId, PlanMove move)
    {
        lock (_lock)
        {
            if (!_records.TryGetValue(intentId, out var record) || record.Attempt != move.Attempt || record.InstanceId != move.Removed)
                return false;
            _records[intentId] = new LaunchRecord
            {
                IntentId = intentId,
                Request = record.Request,
                RequestedAt = record.RequestedAt,
                Attempt = record.Attempt,
                OwnerState = OwnerState.Alive,
                IsWaiting = true,
            };
            return true;
        }
    }

    /// <summary>Does nothing, because no later command reads this journal.</summary>
    public void NoteAttempt(string account, Guid intentId, LaunchAttempt attempt)
    {
    }

    public IReadOnlyList<LaunchAttempt> Attempts(Guid intentId) => [];

    public void Reopen(Guid intentId) => Change(intentId, static record => record with { Outcome = null });

    public void Release(params Guid[] intentIds)
    {
        lock (_lock)
        {
            foreach (var id in intentIds.Where(_records.ContainsKey))
                _records[id] = _records[id] with { OwnerState = OwnerState.Released };
        }
    }

    /// <summary>Does nothing, because no later command reads this journal.</summary>
    public void MarkTold(IReadOnlyCollection<Guid> intentIds)
    {
    }

    /// <summary>Does nothing, because no later command reads this journal.</summary>
    public void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds)
    {
    }

    /// <summary>Does nothing, because all launches in this journal are of this boot.</summary>
    public void Meet(Guid intentId, SteadyTime clock)
    {
    }

    public IReadOnlyList<LaunchRecord> Open(string account)
    {
        lock (_lock)
            return _records.Values.Where(static record => record.Outcome is null).ToList();
    }

    public IReadOnlyList<LaunchRecord> Untold(string account) => [];

    public IReadOnlyList<LaunchRecord> ToLookAtAgain(string account) => [];

    public LaunchRecord? Find(string account, Guid intentId)
    {
        lock (_lock)
            return _records.TryGetValue(intentId, out var record) ? record : null;
    }

    public bool TryAdopt(LaunchRecord seen) => true;

    public JournalView Look(string account)
    {
        lock (_lock)
        {
            var claimed = new HashSet<string>(s_claims.Keys.Where(claim => claim.Account == account).Select(static claim => claim.Id), StringComparer.Ordinal);
            return new JournalView(Open(account), claimed, new Dictionary<string, long>());
        }
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        lock (_lock)
            _priced.AddRange(instances.Where(static one => one.CostPerHour > 0 && InstanceStatus.IsBurning(one.Status)));
    }

    public decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null)
    {
        lock (_lock)
            return _priced.Where(one => MatchScore.IsAlike(request, one)).Min(static one => one.CostPerHour);
    }

    private void Change(Guid intentId, Func<LaunchRecord, LaunchRecord> change)
    {
        lock (_lock)
            _records[intentId] = change(_records[intentId]);
    }
}
