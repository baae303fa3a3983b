using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>
/// Reads a column of a plan: Import-Csv gives text for everything, an empty cell means that nothing was said, and a switch
/// is written true or false.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EmptyIsUnsetAttribute : ArgumentTransformationAttribute
{
    /// <summary>What an empty cell stands for in a parameter that cannot be null: there PowerShell would keep the value of the row before.</summary>
    public object? Default { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null)
            return Default;
        if (value is not string text)
            return inputData;
        text = text.Trim();
        if (text.Length == 0)
            return Default;
        return bool.TryParse(text, out bool flag) ? flag : text;
    }
}
