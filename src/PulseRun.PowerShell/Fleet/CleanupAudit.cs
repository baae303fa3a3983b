using System.Threading;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Writes the decisions of one run to the audit file. Acts end with the first line that cannot be written.</summary>
/// <param name="runner">The cmdlet's runner, for the error.</param>
/// <param name="file">The audit file; null for none.</param>
internal sealed class CleanupAudit(CmdletRunner runner, IAuditLog? file)
{
    private int _failed;

    /// <summary>True after a line could not be written.</summary>
    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    /// <summary>Writes a line to the audit file, and returns false when that fails. The first failure is reported as an error and ends all acts; further failures are not reported, because they have the same cause.</summary>
    public bool TryWrite(CleanupAuditLine line, string consequence, object target)
    {
        if (file is null)
            return true;
        try
        {
            file.Append([line]);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
                runner.PostError(new PulseRunException(ErrorIds.JournalUnavailable, consequence + " " + error.Message), target);
            return false;
        }
    }
}
