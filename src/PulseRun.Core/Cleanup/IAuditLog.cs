using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Writes the decisions of cleanups as JSON Lines. Several processes may append to one log at the same time.</summary>
internal interface IAuditLog
{
    /// <summary>Appends lines and returns when they are on the disk. When not all of them can be written, the log is left unchanged.</summary>
    /// <exception cref="StoreUnavailableException">The lines cannot be written.</exception>
    void Append(IReadOnlyList<CleanupAuditLine> lines);
}
