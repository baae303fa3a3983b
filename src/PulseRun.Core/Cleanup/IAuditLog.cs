using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Where a cleanup writes what it decided: JSON Lines, only ever appended to, by several processes at once.</summary>
internal interface IAuditLog
{
    /// <summary>Appends lines; they are on the disk when it returns. Lines that do not fit leave nothing behind.</summary>
    /// <exception cref="StoreUnavailableException">They cannot be written.</exception>
    void Append(IReadOnlyList<CleanupAuditLine> lines);
}
