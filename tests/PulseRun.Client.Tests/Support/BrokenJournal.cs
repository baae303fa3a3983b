using System;
using System.Collections.Generic;
using PulseRun.Contracts;

namespace PulseRun.Client.Tests.Support;

/// <summary>A journal that a test looks into, and lets fail.</summary>
/// <param name="inner">The real one.</param>
/// <param name="before">Called with the name of each method before it does its work; may throw.</param>
internal sealed class BrokenJournal(ILaunchJournal inner, Action<string> before) : ILaunchJournal
{
    /// <summary>One that fails in the methods named.</summary>
    public static BrokenJournal In(ILaunchJournal inner, params string[] methods) => new(inner, method =>
    {
        if (Array.IndexOf(methods, method) >= 0)
            throw Failure();
    });

    public static StoreUnavailableException Failure() => new(StoreFailure.Full, "The disk is full.");

    public void Begin(string account, Guid intentId, LaunchRequest request, DateTimeOffset now)
    {
        before(nameof(Begin));
        inner.Begin(account, intentId, request, now);
    }

    public void MarkSent(Guid intentId, DateTimeOffset sentAt)
    {
        before(nameof(MarkSent));
        inner.MarkSent(intentId, sentAt);
    }

    public bool TryClaim(Guid intentId, string instanceId)
    {
        before(nameof(TryClaim));
        return inner.TryClaim(intentId, instanceId);
    }

    public bool Close(Guid intentId, LaunchOutcome outcome, string? instanceId, string? matchedBy, DateTimeOffset now)
    {
        before(nameof(Close));
        return inner.Close(intentId, outcome, instanceId, matchedBy, now);
    }

    public void Release(Guid intentId)
    {
        before(nameof(Release));
        inner.Release(intentId);
    }

    public IReadOnlyList<LaunchRecord> Open(string account)
    {
        before(nameof(Open));
        return inner.Open(account);
    }

    public LaunchRecord? Find(string account, Guid intentId)
    {
        before(nameof(Find));
        return inner.Find(account, intentId);
    }

    public bool TryAdopt(LaunchRecord seen)
    {
        before(nameof(TryAdopt));
        return inner.TryAdopt(seen);
    }

    public JournalView Look(string account, DateTimeOffset sentAt)
    {
        before(nameof(Look));
        return inner.Look(account, sentAt);
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        before(nameof(RecordPrices));
        inner.RecordPrices(account, instances, now);
    }

    public decimal? EstimatePrice(string account, LaunchRequest request)
    {
        before(nameof(EstimatePrice));
        return inner.EstimatePrice(account, request);
    }
}
