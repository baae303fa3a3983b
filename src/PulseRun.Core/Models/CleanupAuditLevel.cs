namespace PulseRun;

/// <summary>Which decisions of a cleanup are written to its audit.</summary>
public enum CleanupAuditLevel
{
    /// <summary>Decisions to act: what was done, would have been done, failed, or was held back right before it.</summary>
    Actions,

    /// <summary>All decisions, those to leave an instance alone too: a line for each instance and run.</summary>
    All,
}
