using System;
using System.Management.Automation;
using System.Security;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>
/// Accepts anything for a secret parameter, but passes on only a SecureString; for everything else the cmdlet gets <see cref="Refused"/> and reports it.
/// The binder's own error would repeat the text, which is probably a key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotTextAttribute : ArgumentTransformationAttribute
{
    /// <summary>Gets the value that stands for an argument that is no SecureString.</summary>
    public static SecureString Refused { get; } = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is null or SecureString ? value : Refused;
    }
}
