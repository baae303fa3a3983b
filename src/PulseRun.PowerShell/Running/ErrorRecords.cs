using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Running;

/// <summary>The one place error records are made, so that ids, categories, targets and advice never drift.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error on <paramref name="target"/>: the id or the object the user named.</summary>
    public static ErrorRecord From(Exception error, object? target)
    {
        PulseRunException ours = error as PulseRunException
            ?? new PulseRunException(ErrorIds.UnexpectedError, "Unexpected: " + error.GetType().Name + ": " + error.Message);
        ErrorKind kind = ErrorCatalog.Of(ours.ErrorId);
        // Core knows no PowerShell, so the category is a name there; a test holds that each is a real one.
        _ = Enum.TryParse(kind.Category, out ErrorCategory category);
        return new ErrorRecord(ours, ours.ErrorId, category, target)
        {
            ErrorDetails = new ErrorDetails(ours.Message) { RecommendedAction = ours.Advice ?? kind.RecommendedAction },
        };
    }

    /// <summary>True when every other item would meet the error too.</summary>
    public static bool IsFatal(PulseRunException error) =>
        error.ErrorId is ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.InsecureEndpoint;

    /// <summary>The same for cmdlets that read the account's money. A key can lack that permission and be valid for everything else, so there a refusal is an error of the cmdlet and not of the connection.</summary>
    public static bool IsFatalForBilling(PulseRunException error) => error.ErrorId != ErrorIds.Unauthorized && IsFatal(error);
}
