using System;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Accepts a duration as people write it (24h, 90m, 1d12h) beside what PowerShell converts to a TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // PowerShell takes 1d as a number, but keeps the text. A number without a unit would be ticks, or days in a text.
        if (inputData is null or TimeSpan or PSObject { BaseObject: TimeSpan } || !LanguagePrimitives.TryConvertTo(inputData, out string text))
            return inputData!;
        if (DurationText.TryParse(text, out TimeSpan duration))
            return duration;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw new ArgumentTransformationMetadataException("'" + text + "' has no unit. Write a duration as 24h, 90m, 1d12h or 1.00:00:00.");
        return inputData;
    }
}
