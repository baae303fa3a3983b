namespace PulseRun.PowerShell.Cmdlets;

/// <summary>One thing Get-PRInstance was asked for.</summary>
/// <param name="Id">An id or a pattern.</param>
/// <param name="IsPattern">Whether it is a pattern.</param>
/// <param name="Source">What the user gave: TargetObject of an error.</param>
/// <param name="Context">The connection to use.</param>
internal sealed record WantedInstance(string Id, bool IsPattern, object? Source, Context Context);
