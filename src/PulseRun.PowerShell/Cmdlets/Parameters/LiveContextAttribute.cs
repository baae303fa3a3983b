using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Refuses the copy of a connection that a job or a remote session gets, with the reason. The binder would only say that it cannot convert it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LiveContextAttribute : ArgumentTransformationAttribute
{
    private const string Copy = "Deserialized.PulseRun.Context";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is PSObject copy && copy.TypeNames.Contains(Copy)
        ? throw new ArgumentTransformationMetadataException("A connection cannot be passed to another process, because its key does not leave this one. Connect there: Connect-PulseRun -Profile, or PULSERUN_API_KEY, which a job inherits. Start-ThreadJob and ForEach-Object -Parallel run in this process and accept -Context $using:ctx.")
        : inputData;
}
