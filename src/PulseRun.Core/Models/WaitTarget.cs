namespace PulseRun;

/// <summary>Specifies the state to wait for.</summary>
public enum WaitTarget
{
    /// <summary>The instance is running and has its address and ssh command.</summary>
    Ready,

    /// <summary>The instance is running, even if it cannot be reached yet.</summary>
    Running,

    /// <summary>The instance is stopped.</summary>
    Stopped,

    /// <summary>The instance is terminated or no longer listed.</summary>
    Terminated,
}
