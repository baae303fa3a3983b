namespace PulseRun;

/// <summary>Specifies which decisions of a cleanup are written to its audit log.</summary>
public enum CleanupAuditLevel
{
    /// <summary>Writes decisions to act: acts that were taken, failed, were prevented at the last moment, or would have been taken.</summary>
    Actions,

    /// <summary>Writes all decisions, including those to leave an instance alone: one line for each instance and run.</summary>
    All,
}
