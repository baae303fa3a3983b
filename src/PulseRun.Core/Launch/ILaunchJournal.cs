using System;
using System.Collections.Generic;

namespace PulseRun.Core.Launch;

/// <summary>Stores the launches that were begun, so that no launch is lost or paid for twice.</summary>
/// <remarks>A method that writes returns when the data is on the disk, unless stated otherwise. Launches that begin at the same time share one flush.</remarks>
internal interface ILaunchJournal
{
    /// <summary>True when other processes of this user see the claims, which is required to adopt an instance by its properties.</summary>
    bool IsShared { get; }

    /// <summary>Records that this process is about to send a launch, and reserves its price, in one transaction: two processes cannot both use the last room under a cost limit of the fleet.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intent">The launch. A second or later attempt of a plan replaces the attempt before, which <see cref="MoveOn"/> has ended. If <see cref="LaunchRecord.Price"/> is null, the price is estimated from the last known prices of similar instances.</param>
    /// <param name="fleet">The list, when the fleet has a limit; null for no limit.</param>
    /// <returns>The result of the check. Nothing is recorded unless it is Within and has no Refusal. The note of the launch is written in the same transaction.</returns>
    FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet);

    /// <summary>Records the real price of a launch and checks the limit again.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intentId">The launch.</param>
    /// <param name="price">The price from the server; null keeps the estimate.</param>
    /// <param name="fleet">The list; null for no limit.</param>
    FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet);

    /// <summary>Records the real price of a launch and checks the budgets again. Returns the budget that it exceeds; null when all have room, and for a launch that no budget covers.</summary>
    PulseRunException? WeighBudgets(LaunchRecord record, decimal price);

    /// <summary>Returns the launches of a service that are billed or may be, with their notes, for the budgets.</summary>
    IReadOnlyList<BudgetLaunch> Billed(string service);

    /// <summary>Records that the launch is being sent. An intent without this record was provably not sent.</summary>
    /// <exception cref="StoreUnavailableException">The record cannot be written, or the intent is no longer in the journal. The launch must not be sent then.</exception>
    void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock);

    /// <summary>Records that the sender no longer waits for an answer and the outcome is unknown.</summary>
    /// <param name="intentId">The launch.</param>
    /// <param name="clock">The time of the monotonic clock.</param>
    /// <param name="isAnswered">True when the server itself ended the request.</param>
    void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered);

    /// <summary>Claims an instance for an intent. Returns false when another intent has claimed it, or this intent another instance; claiming the same one again returns true.</summary>
    bool TryClaim(Guid intentId, string instanceId);

    /// <summary>Closes an intent. <see cref="LaunchOutcome.Launched"/> also claims the instance, and replaces an earlier NotLaunched. An intent closed as launched stays so.</summary>
    /// <returns>False when another intent has claimed the instance, this one was launched as another, or it has an instance although the list did not show one; then nothing is changed.</returns>
    bool Close(Guid intentId, LaunchClosing closing);

    /// <summary>Opens an intent that was closed as NotLaunched again, because an instance was found that may be its result.</summary>
    void Reopen(Guid intentId);

    /// <summary>Records the end of an attempt of a plan that launched nothing, or whose instance was removed, and keeps the intent open for the next attempt, in one transaction.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intentId">The plan's intent. It was closed as NotLaunched, or as Launched with <see cref="PlanMove.Removed"/>.</param>
    /// <param name="move">The attempt that ended.</param>
    /// <returns>False when another command decided the attempt otherwise meanwhile; then nothing is changed, and the plan must not go on.</returns>
    bool MoveOn(string account, Guid intentId, PlanMove move);

    /// <summary>Records an attempt of a plan, or its answer. Its loss is harmless: nothing is decided by it.</summary>
    void NoteAttempt(string account, Guid intentId, LaunchAttempt attempt);

    /// <summary>Returns the attempts of a plan, oldest first; empty for a launch of one alternative.</summary>
    IReadOnlyList<LaunchAttempt> Attempts(Guid intentId);

    /// <summary>Gives up ownership of intents that are open or not reported yet, so that any command, also of this process, may finish them.</summary>
    void Release(params Guid[] intentIds);

    /// <summary>Records that the outcomes were written to the pipeline. This record may be lost in a power failure; then they are reported once more.</summary>
    void MarkTold(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Writes down that closed launches were looked at once more.</summary>
    void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Records when this machine first found an open launch whose time of sending cannot be compared with its clock. Later calls have no effect.</summary>
    void Meet(Guid intentId, SteadyTime clock);

    /// <summary>Returns the open intents, oldest first.</summary>
    IReadOnlyList<LaunchRecord> Open(string account);

    /// <summary>Returns the launches that were closed as Launched and not reported, oldest first, including those of running processes.</summary>
    IReadOnlyList<LaunchRecord> Untold(string account);

    /// <summary>Returns the launches that were closed as NotLaunched because they were not listed, and had no second look yet.</summary>
    IReadOnlyList<LaunchRecord> ToLookAtAgain(string account);

    /// <summary>Returns one intent that is open or was closed in the last 90 days; null when there is none.</summary>
    LaunchRecord? Find(string account, Guid intentId);

    /// <summary>Makes this process the owner of an open intent, if its owner has not changed since it was read. Of several callers, one succeeds.</summary>
    bool TryAdopt(LaunchRecord seen);

    /// <summary>Returns the data that launches are matched against.</summary>
    JournalView Look(string account);

    /// <summary>Records the prices of instances.</summary>
    void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now);

    /// <summary>Returns the price per hour of such a launch when last seen (the lowest of those seen at that time); null when none was seen.</summary>
    /// <param name="account">The account.</param>
    /// <param name="request">The launch.</param>
    /// <param name="seenSince">The earliest time of prices to consider; null for all.</param>
    decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null);
}

/// <summary>Describes the end of one attempt of a plan that goes on.</summary>
/// <param name="Attempt">The number of the attempt.</param>
/// <param name="Now">The present time.</param>
/// <param name="Removed">The instance of the attempt, when it was removed; null when nothing was launched.</param>
/// <param name="KeptAs">The id under which the attempt is kept as a launch of its own: for one more look, or because its instance must not be claimed by another launch. Null for nothing.</param>
internal sealed record PlanMove(int Attempt, DateTimeOffset Now, string? Removed, Guid? KeptAs);

/// <summary>Represents a consistent view of the journal: a launch that is closed meanwhile is either open or has its instance, never neither.</summary>
/// <param name="Open">The open launches.</param>
/// <param name="Claimed">The instances that a launch has claimed.</param>
/// <param name="Numbers">The instances in the history, numbered in the order in which they were first seen.</param>
internal sealed record JournalView(IReadOnlyList<LaunchRecord> Open, HashSet<string> Claimed, IReadOnlyDictionary<string, long> Numbers)
{
    /// <summary>Gets when the launches that became an instance were sent.</summary>
    public IReadOnlyList<SteadyTime> Launched { get; init; } = [];

    /// <summary>Returns true when the instance existed before the launch was sent.</summary>
    public bool WasThereBefore(LaunchRecord launch, string instanceId) =>
        launch.SeenUpTo is { } last && Numbers.TryGetValue(instanceId, out long number) && number <= last;
}
