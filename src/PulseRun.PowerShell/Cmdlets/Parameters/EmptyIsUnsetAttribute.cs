using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>
/// Converts a CSV column to a parameter value: Import-Csv returns text for every cell, an empty cell means "not specified", and a switch
/// is the text true or false.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EmptyIsUnsetAttribute : ArgumentTransformationAttribute
{
    /// <summary>Gets or sets the value of an empty cell for a parameter whose type has no null. Without it PowerShell would keep the value of the previous row.</summary>
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
