using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Wraps a date or a number, as PowerShell wraps any value, with a text that is the same in every culture. Export-Csv writes the result of ToString(), and gives it neither a format nor a culture.</summary>
/// <remarks>PowerShell unwraps the value wherever it uses it: it compares, sorts, calculates and formats the date itself, and <c>-is [DateTimeOffset]</c> is true.</remarks>
internal sealed class InvariantValue(object value) : PSObject(value)
{
    /// <summary>Returns the value as text of the invariant culture, which is what Export-Csv writes in a session of that culture.</summary>
    public override string ToString() => Row.Invariant(BaseObject);
}
