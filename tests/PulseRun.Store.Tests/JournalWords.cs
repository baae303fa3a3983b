using System;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Adds overloads of the journal's methods with default values for tests.</summary>
internal static class JournalWords
{
    public const string Boot = "boot-1";

    public static SteadyTime At(double seconds, string boot = Boot) => new(boot, TimeSpan.FromSeconds(seconds));

    public static void Begin(this ILaunchJournal journal, string account, Guid intentId, LaunchRequest request, DateTimeOffset now) =>
        Assert.Equal(PulseRun.Core.Launch.CostCheck.Within, journal.Begin(account, Intent(intentId, request, now), null).Check);

    public static void MarkSent(this ILaunchJournal journal, Guid intentId, DateTimeOffset sentAt) => journal.MarkSent(intentId, sentAt, At(1));

    public static bool Close(this ILaunchJournal journal, Guid intentId, LaunchOutcome outcome, string? instanceId, string? matchedBy, DateTimeOffset now) =>
        journal.Close(intentId, new LaunchClosing(outcome, now) { InstanceId = instanceId, MatchedBy = matchedBy });

    public static LaunchRecord Intent(Guid intentId, LaunchRequest? request = null, DateTimeOffset? now = null) => new()
    {
        IntentId = intentId,
        Request = request ?? new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" },
        RequestedAt = now ?? TempFolder.Noon,
        RequestTimeout = TimeSpan.FromSeconds(100),
        OwnerState = OwnerState.Alive,
    };
}
