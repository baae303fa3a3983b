using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Tests.Support;

/// <summary>Wraps a journal so that a test can observe its calls and make them fail.</summary>
/// <param name="inner">The real journal.</param>
/// <param name="before">Called with the name of each method before it runs; may throw.</param>
internal sealed class BrokenJournal(ILaunchJournal inner, Action<string> before) : ILaunchJournal
{
    /// <summary>Returns a journal that fails in the given methods.</summary>
    public static BrokenJournal In(ILaunchJournal inner, params string[] methods) => new(inner, method =>
    {
        if (Array.IndexOf(methods, method) >= 0)
            throw Failure();
    });

    public static StoreUnavailableException Failure() => new(StoreFailure.Full, "The disk is full.");

    public bool IsShared => inner.IsShared;

    public FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet)
    {
        before(nameof(Begin));
        return inner.Begin(account, intent, fleet);
    }

    public FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet)
    {
        before(nameof(Weigh));
        return inner.Weigh(account, intentId, price, fleet);
    }

    public PulseRunException? WeighBudgets(LaunchRecord record, decimal price)
    {
        before(nameof(WeighBudgets));
        return inner.WeighBudgets(record, price);
    }

    public IReadOnlyList<BudgetLaunch> Billed(string service)
    {
        before(nameof(Billed));
        return inner.Billed(service);
    }

    public void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock)
    {
        before(nameof(MarkSent));
        inner.MarkSent(intentId, sentAt, clock);
    }

    public void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered)
    {
        before(nameof(MarkEnded));
        inner.MarkEnded(intentId, clock, isAnswered);
    }

    public bool TryClaim(Guid intentId, string instanceId)
    {
        before(nameof(TryClaim));
        return inner.TryClaim(intentId, instanceId);
    }

    public bool Close(Guid intentId, LaunchClosing closing)
    {
        before(nameof(Close));
        return inner.Close(intentId, closing);
    }

    public bool MoveOn(string account, Guid intentId, PlanMove move)
    {
        before(nameof(MoveOn));
        return inner.MoveOn(account, intentId, move);
    }

    public void NoteAttempt(string account, Guid intentId, LaunchAttempt attempt)
    {
        before(nameof(NoteAttempt));
        inner.NoteAttempt(account, intentId, attempt);
    }

    public IReadOnlyList<LaunchAttempt> Attempts(Guid intentId)
    {
        before(nameof(Attempts));
        return inner.Attempts(intentId);
    }

    public void Reopen(Guid intentId)
    {
        before(nameof(Reopen));
        inner.Reopen(intentId);
    }

    public void Release(params Guid[] intentIds)
    {
        before(nameof(Release));
        inner.Release(intentIds);
    }

    public void MarkTold(IReadOnlyCollection<Guid> intentIds)
    {
        before(nameof(MarkTold));
        inner.MarkTold(intentIds);
    }

    public void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds)
    {
        before(nameof(MarkLookedAtAgain));
        inner.MarkLookedAtAgain(intentIds);
    }

    public void Meet(Guid intentId, SteadyTime clock)
    {
        before(nameof(Meet));
        inner.Meet(intentId, clock);
    }

    public IReadOnlyList<LaunchRecord> Open(string account)
    {
        before(nameof(Open));
        return inner.Open(account);
    }

    public IReadOnlyList<LaunchRecord> Untold(string account)
    {
        before(nameof(Untold));
        return inner.Untold(account);
    }

    public IReadOnlyList<LaunchRecord> ToLookAtAgain(string account)
    {
        before(nameof(ToLookAtAgain));
        return inner.ToLookAtAgain(account);
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

    public JournalView Look(string account)
    {
        before(nameof(Look));
        return inner.Look(account);
    }

    public void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now)
    {
        before(nameof(RecordPrices));
        inner.RecordPrices(account, instances, now);
    }

    public decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null)
    {
        before(nameof(EstimatePrice));
        return inner.EstimatePrice(account, request, seenSince);
    }
}
