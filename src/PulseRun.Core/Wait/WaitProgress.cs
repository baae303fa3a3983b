namespace PulseRun.Waiting;

/// <summary>How far a wait is.</summary>
internal enum WaitProgress
{
    Waiting,
    Reached,

    /// <summary>It can no longer get there.</summary>
    Terminal,
}
