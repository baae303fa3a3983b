namespace PulseRun.PowerShell.Cmdlets;

/// <summary>One instance to work on.</summary>
/// <param name="Id">Its id, checked.</param>
/// <param name="Known">The instance as last seen; null when only the id is known.</param>
/// <param name="Context">The connection to use.</param>
/// <param name="Source">What the user gave: TargetObject of an error.</param>
internal sealed record InstanceTarget(string Id, Instance? Known, Context Context, object Source)
{
    /// <summary>What a question or -WhatIf calls it.</summary>
    public string Description => Known is null ? Id : Rules.Display.Describe(Known);
}
