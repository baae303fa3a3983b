using System;
using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>The launches that were begun, so that none is lost or paid twice (design.md section 4).</summary>
/// <remarks>Every method that writes has written to the disk when it returns. Many that begin at once share one flush.</remarks>
internal interface ILaunchJournal
{
    /// <summary>Writes down that a launch is about to be sent, by this process.</summary>
    void Begin(string account, Guid intentId, LaunchRequest request, DateTimeOffset now);

    /// <summary>Writes down that it is being sent now. An intent without this mark was, for certain, not sent.</summary>
    void MarkSent(Guid intentId, DateTimeOffset sentAt);

    /// <summary>Claims an instance for an intent. False when another intent has it, or this one has another; claiming one's own again is true.</summary>
    bool TryClaim(Guid intentId, string instanceId);

    /// <summary>Closes an intent. <see cref="LaunchOutcome.Launched"/> claims the instance too, and corrects an earlier NotLaunched. Once launched, it stays launched.</summary>
    /// <returns>False when another intent has the instance, or this one was launched as another: nothing is changed then.</returns>
    bool Close(Guid intentId, LaunchOutcome outcome, string? instanceId, string? matchedBy, DateTimeOffset now);

    /// <summary>Gives up an intent whose outcome is unknown: it stays open, and anybody may adopt it, this process too.</summary>
    void Release(Guid intentId);

    /// <summary>The open intents, oldest first.</summary>
    IReadOnlyList<LaunchRecord> Open(string account);

    /// <summary>One intent, open or closed in the last 90 days; null when there is none.</summary>
    LaunchRecord? Find(string account, Guid intentId);

    /// <summary>Makes this process the owner of an open intent, if its owner is still the one that was seen. Of several that try, one succeeds.</summary>
    bool TryAdopt(LaunchRecord seen);

    /// <summary>What a launch sent at <paramref name="sentAt"/> is matched against. An instance that <see cref="IHistory.RecordStates"/> saw listed before that is taken, too.</summary>
    JournalView Look(string account, DateTimeOffset sentAt);

    /// <summary>Remembers what these instances cost.</summary>
    void RecordPrices(string account, IReadOnlyList<Instance> instances, DateTimeOffset now);

    /// <summary>What such a launch cost per hour when last seen (the cheapest of those seen at that moment); null when none was ever seen.</summary>
    decimal? EstimatePrice(string account, LaunchRequest request);
}
