using System;
using System.Collections.Generic;
using PulseRun.Core.Store;

namespace PulseRun.Core.Launch;

/// <summary>The launches that were begun, so that none is lost or paid for twice.</summary>
/// <remarks>Every method that writes has written to the disk when it returns, except where it says otherwise. Many that begin at once share one flush.</remarks>
internal interface ILaunchJournal
{
    /// <summary>True when other processes of this user see the claims made here, so that an instance can be adopted by what it looks like.</summary>
    bool IsShared { get; }

    /// <summary>Writes down that a launch is about to be sent by this process, and reserves its price, in one transaction: two processes cannot both take the last room under a fleet limit.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intent">The launch. <see cref="LaunchRecord.Price"/> null: the price is estimated from what such launches cost when last seen.</param>
    /// <param name="fleet">What the list showed, when the fleet has a limit; null for no limit.</param>
    /// <returns>Whether there is room. Nothing is written when there is none.</returns>
    FleetRoom Begin(string account, LaunchRecord intent, FleetView? fleet);

    /// <summary>Takes the real price of a launch, and weighs the fleet again.</summary>
    /// <param name="account">The account.</param>
    /// <param name="intentId">The launch.</param>
    /// <param name="price">What the server says it costs; null keeps the estimate.</param>
    /// <param name="fleet">What the list showed; null for no limit.</param>
    FleetRoom Weigh(string account, Guid intentId, decimal? price, FleetView? fleet);

    /// <summary>Writes down that it is being sent now. An intent without this mark was, for certain, not sent.</summary>
    /// <exception cref="StoreUnavailableException">Also when the intent is not in the journal any more: then it must not be sent.</exception>
    void MarkSent(Guid intentId, DateTimeOffset sentAt, SteadyTime clock);

    /// <summary>Writes down that the sender no longer waits for an answer, and that the outcome is unknown.</summary>
    /// <param name="intentId">The launch.</param>
    /// <param name="clock">The time.</param>
    /// <param name="isAnswered">True when the server itself ended the request.</param>
    void MarkEnded(Guid intentId, SteadyTime clock, bool isAnswered);

    /// <summary>Claims an instance for an intent. False when another intent has it, or this one has another; claiming one's own again is true.</summary>
    bool TryClaim(Guid intentId, string instanceId);

    /// <summary>Closes an intent. <see cref="LaunchOutcome.Launched"/> claims the instance too, and corrects an earlier NotLaunched. Once launched, it stays launched.</summary>
    /// <returns>False when another intent has the instance, or this one was launched as another: nothing is changed then.</returns>
    bool Close(Guid intentId, LaunchClosing closing);

    /// <summary>Opens an intent again that was closed as NotLaunched: something was found that may be it.</summary>
    void Reopen(Guid intentId);

    /// <summary>Gives up an intent whose outcome is unknown or not told: any command may finish it, this process too.</summary>
    void Release(params Guid[] intentIds);

    /// <summary>Writes down that the outcomes were written to the pipeline. A power failure may undo it, and they are named once more then.</summary>
    void MarkTold(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Writes down that closed launches were looked at once more.</summary>
    void MarkLookedAtAgain(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Writes down when this machine first found a launch open whose own clock reading it cannot compare. Later calls change nothing.</summary>
    void Meet(Guid intentId, SteadyTime clock);

    /// <summary>Returns the open intents, oldest first.</summary>
    IReadOnlyList<LaunchRecord> Open(string account);

    /// <summary>Returns the launches that were closed as Launched and never told, oldest first, those of living processes too.</summary>
    IReadOnlyList<LaunchRecord> Untold(string account);

    /// <summary>Returns the closed launches that need another look and had none: they were not listed, or were recognised while their server might still be working on them.</summary>
    IReadOnlyList<LaunchRecord> ToLookAtAgain(string account);

    /// <summary>Returns one intent, open or closed in the last 90 days; null when there is none.</summary>
    LaunchRecord? Find(string account, Guid intentId);

    /// <summary>Makes this process the owner of an open intent, if its owner is still the one that was seen. Of several that try, one succeeds.</summary>
    bool TryAdopt(LaunchRecord seen);

    /// <summary>Returns what launches are matched against.</summary>
    JournalView Look(string account);

    /// <summary>Remembers what these instances cost.</summary>
    void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now);

    /// <summary>Returns what such a launch cost per hour when last seen (the cheapest of those seen at that moment); null when none was seen.</summary>
    /// <param name="account">The account.</param>
    /// <param name="request">The launch.</param>
    /// <param name="seenSince">Only prices seen at or after this moment count; null for all.</param>
    decimal? EstimatePrice(string account, LaunchRequest request, DateTimeOffset? seenSince = null);
}

/// <summary>What the journal says at one moment: a launch that ends meanwhile is either open or has its instance, never neither.</summary>
/// <param name="Open">The launches that are open.</param>
/// <param name="Claimed">The instances that a launch has claimed.</param>
/// <param name="Numbers">The instances the history knows, by the order in which it first saw them.</param>
internal sealed record JournalView(IReadOnlyList<LaunchRecord> Open, HashSet<string> Claimed, IReadOnlyDictionary<string, long> Numbers)
{
    /// <summary>True when the instance was there before the launch was sent.</summary>
    public bool WasThereBefore(LaunchRecord launch, string instanceId) =>
        launch.SeenUpTo is { } last && Numbers.TryGetValue(instanceId, out long number) && number <= last;
}
