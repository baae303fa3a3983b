using System;

namespace PulseRun.Core.Wait;

/// <summary>Decides whether a wait has succeeded, continues, or can no longer succeed.</summary>
internal static class WaitMachine
{
    /// <summary>The time for which a list may be out of date after a change. 30 seconds is an assumption; the API documents no bound.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(30);

    public static WaitAnswer Evaluate(WaitTarget target, Observation observation)
    {
        if (observation.Listed is not { } instance)
            return Absent(target, observation);
        if (target == WaitTarget.Terminated ? InstanceStatus.Is(instance.Status, InstanceStatus.Terminated) : IsThere(target, instance))
            return new WaitAnswer(WaitProgress.Reached);
        if (!InstanceStatus.IsFinal(instance.Status))
            return new WaitAnswer(WaitProgress.Waiting, Missing(target, instance));

        // A failed instance that was just removed or restarted may still be listed as failed for a while.
        if (observation.StatusBefore is { } before && InstanceStatus.Is(instance.Status, before) && observation.Waited < Lag)
            return new WaitAnswer(WaitProgress.Waiting, "is still " + before);
        return new WaitAnswer(WaitProgress.Terminal, "is " + instance.Status);
    }

    private static bool IsThere(WaitTarget target, Instance instance) => target switch
    {
        WaitTarget.Stopped => InstanceStatus.Is(instance.Status, InstanceStatus.Stopped),
        WaitTarget.Running => InstanceStatus.Is(instance.Status, InstanceStatus.Running),
        _ => InstanceStatus.Is(instance.Status, InstanceStatus.Running) && !string.IsNullOrEmpty(instance.Ip) && !string.IsNullOrEmpty(instance.SshCommand),
    };

    private static WaitAnswer Absent(WaitTarget target, Observation observation)
    {
        if (!observation.IsComplete)
            return new WaitAnswer(WaitProgress.Waiting, "is not in the received part of the list");
        if (target == WaitTarget.Terminated)
            return new WaitAnswer(WaitProgress.Reached);
        return observation.WasListed || observation.Waited >= Lag
            ? new WaitAnswer(WaitProgress.Terminal, "is gone from the list")
            : new WaitAnswer(WaitProgress.Waiting, "is not listed yet");
    }

    private static string Missing(WaitTarget target, Instance instance)
    {
        if (target == WaitTarget.Ready && InstanceStatus.Is(instance.Status, InstanceStatus.Running))
            return string.IsNullOrEmpty(instance.Ip) ? "is running without an address" : "is running without an ssh command";
        return "is " + (instance.Status ?? "in an unknown state");
    }
}

/// <summary>Represents the result of one poll for one awaited instance.</summary>
/// <param name="Progress">The progress of the wait.</param>
/// <param name="Reason">Gets what is missing, or why the wait cannot succeed, as the end of a sentence about the instance; null when reached.</param>
internal readonly record struct WaitAnswer(WaitProgress Progress, string? Reason = null);

/// <summary>Represents the observation of one awaited instance in one poll.</summary>
internal sealed record Observation
{
    /// <summary>Gets the listed instance; null when it is not listed.</summary>
    public required Instance? Listed { get; init; }

    /// <summary>False when the list was truncated, so that a missing instance proves nothing.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>True when any list of this wait contained the instance.</summary>
    public required bool WasListed { get; init; }

    /// <summary>Gets how long the wait has lasted.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>Gets the state right before this command requested the change; null when it only waits.</summary>
    public string? StatusBefore { get; init; }
}

/// <summary>Specifies the progress of a wait.</summary>
internal enum WaitProgress
{
    Waiting,
    Reached,

    /// <summary>The instance can no longer reach the state.</summary>
    Terminal,
}
