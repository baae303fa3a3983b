namespace PulseRun;

/// <summary>What a cleanup did with one instance.</summary>
public enum CleanupOutcome
{
    /// <summary>Nothing, and nothing was tried.</summary>
    Skipped,

    /// <summary>Stopped it.</summary>
    Stopped,

    /// <summary>Removed it, its disk too.</summary>
    Removed,

    /// <summary>Nothing, because of -WhatIf; else it would have stopped it.</summary>
    WouldStop,

    /// <summary>Nothing, because of -WhatIf; else it would have removed it.</summary>
    WouldRemove,

    /// <summary>Tried, and failed.</summary>
    Failed,
}
