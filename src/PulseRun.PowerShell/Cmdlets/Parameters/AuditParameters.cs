using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that say where and how completely decisions are written down.</summary>
internal sealed class AuditParameters
{
    /// <summary>A file to which a line of JSON is appended for each decision that -AuditLevel selects, and one before each act. If a line cannot be written, the run acts on nothing more (AuditFailed).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuditPath { get; set; }

    /// <summary>The decisions that are written to the audit: Actions (default: decisions to stop or remove) or All (a line for each instance and run).</summary>
    [Parameter]
    public CleanupAuditLevel AuditLevel { get; set; }

    /// <summary>Opens the audit, before anything is done; null when there is none.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be written.</exception>
    public IAuditLog? Open(SessionState session)
    {
        if (AuditPath is null)
            return null;
        try
        {
            IAuditLog audit = Libraries.OpenAudit(session.Path.GetUnresolvedProviderPathFromPSPath(AuditPath));
            audit.Append([]);
            return audit;
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was done. " + error.Message) { Field = nameof(AuditPath) };
        }
    }
}
