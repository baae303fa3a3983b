using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Running;

/// <summary>Creates all error records, so that ids, categories, targets and advice are consistent.</summary>
internal static class ErrorRecords
{
    /// <summary>Returns the record of an error. Its TargetObject is <paramref name="target"/>, the id or the object that the user passed.</summary>
    public static ErrorRecord From(Exception error, object? target)
    {
        PulseRunException ours = error as PulseRunException
            ?? new PulseRunException(ErrorIds.UnexpectedError, "Unexpected error: " + error.GetType().Name + ": " + error.Message);
        ErrorKind kind = ErrorCatalog.Of(ours.ErrorId);
        // Core does not reference PowerShell, so it has the category as text. A test checks that each one exists.
        _ = Enum.TryParse(kind.Category, out ErrorCategory category);
        return new ErrorRecord(ours, ours.ErrorId, category, target)
        {
            ErrorDetails = new ErrorDetails(ours.Message) { RecommendedAction = ours.Advice ?? kind.RecommendedAction },
        };
    }

    /// <summary>Returns true when every other item would fail with this error too.</summary>
    public static bool IsFatal(PulseRunException error) =>
        error.ErrorId is ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.InsecureEndpoint;

    /// <summary>Returns true when an error is fatal for a cmdlet that reads billing data. A valid key can lack the billing permission, so Unauthorized is not fatal there.</summary>
    public static bool IsFatalForBilling(PulseRunException error) => error.ErrorId != ErrorIds.Unauthorized && IsFatal(error);
}
