using System;

namespace PulseRun.Core.Wait;

/// <summary>Tells a wait that is over from one that goes on and one that is hopeless (issue 5 point 4).</summary>
internal static class WaitMachine
{
    /// <summary>How long a list may still show what was before a change, or not yet show what is new.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(30);

    public static WaitAnswer Evaluate(WaitTarget target, Observation observation)
    {
        if (observation.Listed is not { } instance)
            return Absent(target, observation);
        if (target == WaitTarget.Terminated ? InstanceStatus.Is(instance.Status, InstanceStatus.Terminated) : IsThere(target, instance))
            return new WaitAnswer(WaitProgress.Reached);
        if (!InstanceStatus.IsFinal(instance.Status))
            return new WaitAnswer(WaitProgress.Waiting, Missing(target, instance));

        // A failed instance that was just removed, or started again, is listed as failed for a while yet.
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
            return new WaitAnswer(WaitProgress.Waiting, "is not in the part of the list that came");
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

/// <summary>What one poll says about one waited-for instance.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Reason">Why it cannot get there, or what is still missing, as the end of a sentence about the instance; null when reached.</param>
internal readonly record struct WaitAnswer(WaitProgress Progress, string? Reason = null);

/// <summary>One poll's view of one waited-for instance.</summary>
internal sealed record Observation
{
    /// <summary>As the list shows it; null when the list does not.</summary>
    public required Instance? Listed { get; init; }

    /// <summary>False when the list is known to be cut: absence means nothing then.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Whether any list of this wait showed it.</summary>
    public required bool WasListed { get; init; }

    /// <summary>How long the wait has lasted.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>The state just before this command asked for the change; null when it only watches.</summary>
    public string? StatusBefore { get; init; }
}

/// <summary>How far a wait is.</summary>
internal enum WaitProgress
{
    Waiting,
    Reached,

    /// <summary>It can no longer get there.</summary>
    Terminal,
}
