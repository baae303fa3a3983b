using System;
using System.Linq;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Refuses an amount with a comma. PowerShell would take the text 1,50 of a spreadsheet for 150, and a limit would not limit anything.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AmountAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is string text && text.Any(static c => c == ','))
            throw new ArgumentTransformationMetadataException("'" + text + "' has a comma. Write an amount of dollars with a point and without separators of thousands, as in 1.50 or 1000.");
        return inputData;
    }
}
