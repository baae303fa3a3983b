using System;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Accepts a duration as people write it (24h, 90m, 1d12h) beside what PowerShell converts to a TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text && DurationText.TryParse(text, out TimeSpan duration) ? duration : inputData;
}
