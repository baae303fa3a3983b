using System.Threading;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Writes the decisions of one run to the audit file and, for a team, to the audit of its store. Acts end with the first line that cannot be written.</summary>
/// <param name="runner">The cmdlet's runner, for the error.</param>
/// <param name="file">The audit file; null for none.</param>
/// <param name="account">The account of the connection, for the store of a team.</param>
internal sealed class CleanupAudit(CmdletRunner runner, IAuditLog? file, string account)
{
    private int _failed;

    /// <summary>True after a line could not be written.</summary>
    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    /// <summary>Writes a line to the audit, and returns false when that fails. The first failure is reported as an error and ends all acts; further failures are not reported, because they have the same cause.</summary>
    public bool TryWrite(CleanupAuditLine line, string consequence, object target) =>
        (file is null || TryAppend(file, line, ErrorIds.JournalUnavailable, consequence, target))
        && (!Stores.IsTeam || TryAppend(null, line, ErrorIds.StoreUnavailable, consequence, target));

    private bool TryAppend(IAuditLog? log, CleanupAuditLine line, string errorId, string consequence, object target)
    {
        try
        {
            (log ?? ((ITeamStore)Stores.Current).Audit(account)).Append([line]);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
                runner.PostError(new PulseRunException(errorId, consequence + " " + error.Message) { Advice = error.Advice }, target);
            return false;
        }
    }
}
