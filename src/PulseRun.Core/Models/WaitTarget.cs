namespace PulseRun;

/// <summary>What a wait is for.</summary>
public enum WaitTarget
{
    /// <summary>Running, with its address and its ssh command.</summary>
    Ready,

    /// <summary>Running, whether it can be reached yet or not.</summary>
    Running,

    /// <summary>Stopped.</summary>
    Stopped,

    /// <summary>Terminated, or gone from the list.</summary>
    Terminated,
}
