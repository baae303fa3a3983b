using System;

namespace PulseRun.Waiting;

/// <summary>Tells a wait that is over from one that goes on and one that is hopeless (issue 5 point 4).</summary>
internal static class WaitMachine
{
    /// <summary>How long a list may still show what was before a change, or not yet show what is new.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(30);

    public static WaitAnswer Look(WaitTarget target, WaitLook look)
    {
        if (look.Listed is not { } instance)
            return Absent(target, look);
        if (target == WaitTarget.Terminated ? InstanceStatus.Is(instance.Status, InstanceStatus.Terminated) : IsThere(target, instance))
            return new WaitAnswer(WaitProgress.Reached);
        if (!InstanceStatus.IsFinal(instance.Status))
            return new WaitAnswer(WaitProgress.Waiting, Missing(target, instance));

        // A failed instance that was just removed, or started again, is listed as failed for a while yet.
        if (look.StatusBefore is { } before && InstanceStatus.Is(instance.Status, before) && look.Waited < Lag)
            return new WaitAnswer(WaitProgress.Waiting, "is still " + before);
        return new WaitAnswer(WaitProgress.Terminal, "is " + instance.Status);
    }

    private static bool IsThere(WaitTarget target, Instance instance) => target switch
    {
        WaitTarget.Stopped => InstanceStatus.Is(instance.Status, InstanceStatus.Stopped),
        WaitTarget.Running => InstanceStatus.Is(instance.Status, InstanceStatus.Running),
        _ => InstanceStatus.Is(instance.Status, InstanceStatus.Running) && !string.IsNullOrEmpty(instance.Ip) && !string.IsNullOrEmpty(instance.SshCommand),
    };

    private static WaitAnswer Absent(WaitTarget target, WaitLook look)
    {
        if (!look.IsComplete)
            return new WaitAnswer(WaitProgress.Waiting, "is not in the part of the list that came");
        if (target == WaitTarget.Terminated)
            return new WaitAnswer(WaitProgress.Reached);
        return look.WasListed || look.Waited >= Lag
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
