using System;

namespace PulseRun.Core.Launch;

/// <summary>How an intent is closed.</summary>
/// <param name="Outcome">Launched or NotLaunched.</param>
/// <param name="Now">When.</param>
internal sealed record LaunchClosing(LaunchOutcome Outcome, DateTimeOffset Now)
{
    /// <summary>The instance it became; with Launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>What the instance was recognised by, or why it is not there.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>What the instance costs per hour; null keeps the estimate.</summary>
    public decimal? Price { get; init; }

    /// <summary>True when the instance has ended again.</summary>
    public bool IsGone { get; init; }

    /// <summary>True when it is to be looked at once more: NotLaunched because it was not listed, or Launched while its server might still be working on it.</summary>
    public bool NeedsAnotherLook { get; init; }

    /// <summary>Returns the closing of a launch that became an instance.</summary>
    public static LaunchClosing Launched(string instanceId, string? matchedBy, DateTimeOffset now, bool isGone = false) =>
        new(LaunchOutcome.Launched, now) { InstanceId = instanceId, MatchedBy = matchedBy, IsGone = isGone };

    /// <summary>Returns the closing of a launch that certainly did not happen.</summary>
    public static LaunchClosing NotLaunched(DateTimeOffset now, string? matchedBy = null, bool needsAnotherLook = false) =>
        new(LaunchOutcome.NotLaunched, now) { MatchedBy = matchedBy, NeedsAnotherLook = needsAnotherLook };
}
