using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;
using PulseRun.Cost;
using PulseRun.Launching;

namespace PulseRun.Client.Launching;

/// <summary>The journal of a command with -NoJournal: it keeps this process's launches apart, and forgets everything with it.</summary>
internal sealed class PassingJournal : ILaunchJournal
{
    /// <summary>Which launch has which instance. Of all commands: one must not adopt what the one a second before it has launched.</summary>
    private static readonly ConcurrentDictionary<(string Account, string Id), Guid> s_claims = new();

    private readonly object _lock = new();
    private readonly Dictionary<Guid, LaunchRecord> _records = [];
    private readonly List<Instance> _priced = [];
    private string _account = "";

    public void Begin(string account, Guid intentId, LaunchRequest request, DateTimeOffset now)
    {
        lock (_lock)
        {
            _account = account;
            _records[intentId] = new LaunchRecord { IntentId = intentId, Request = request, RequestedAt = now, OwnerState = OwnerState.Alive };
        }
    }

    public void MarkSent(Guid intentId, DateTimeOffset sentAt) => Change(intentId, record => Copy(record, sentAt: sentAt));

    public bool TryClaim(Guid intentId, string instanceId)
    {
        lock (_lock)
        {
            var record = _records[intentId];
            if (record.InstanceId is { } own && own != instanceId)
                return false;
            if (s_claims.GetOrAdd((_account, instanceId), intentId) != intentId)
                return false;
            _records[intentId] = Copy(record, instanceId: instanceId);
            return true;
        }
    }

    public bool Close(Guid intentId, LaunchOutcome outcome, string? instanceId, string? matchedBy, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (instanceId is not null && !TryClaim(intentId, instanceId))
                return false;
            _records[intentId] = Copy(_records[intentId], outcome: outcome);
            return true;
        }
    }

    public void Release(Guid intentId) => Change(intentId, record => Copy(record, owner: OwnerState.Released));

    public IReadOnlyList<LaunchRecord> Open(string account)
    {
        lock (_lock)
            return _records.Values.Where(static record => record.Outcome is null).ToList();
    }

    public LaunchRecord? Find(string account, Guid intentId)
    {
        lock (_lock)
            return _records.TryGetValue(intentId, out var record) ? record : null;
    }

    public bool TryAdopt(LaunchRecord seen) => true;

    public JournalView Look(string account, DateTimeOffset sentAt)
    {
        lock (_lock)
            return new JournalView(Open(account), new HashSet<string>(s_claims.Keys.Where(claim => claim.Account == account).Select(static claim => claim.Id), StringComparer.Ordinal));
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        lock (_lock)
            _priced.AddRange(instances.Where(static one => Burn.IsPrice(one.CostPerHour) && InstanceStatus.IsBurning(one.Status)));
    }

    public decimal? EstimatePrice(string account, LaunchRequest request)
    {
        lock (_lock)
            return _priced.Where(one => LaunchFit.IsAlike(request, one)).Min(static one => one.CostPerHour);
    }

    private void Change(Guid intentId, Func<LaunchRecord, LaunchRecord> change)
    {
        lock (_lock)
            _records[intentId] = change(_records[intentId]);
    }

    private static LaunchRecord Copy(LaunchRecord record, DateTimeOffset? sentAt = null, string? instanceId = null, LaunchOutcome? outcome = null, OwnerState? owner = null) => new()
    {
        IntentId = record.IntentId,
        Request = record.Request,
        RequestedAt = record.RequestedAt,
        SentAt = sentAt ?? record.SentAt,
        InstanceId = instanceId ?? record.InstanceId,
        Outcome = outcome ?? record.Outcome,
        OwnerState = owner ?? record.OwnerState,
    };
}
