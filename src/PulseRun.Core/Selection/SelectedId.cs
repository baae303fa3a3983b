namespace PulseRun.Core.Selection;

/// <summary>Represents one id that a command requests.</summary>
/// <param name="Id">The checked id.</param>
/// <param name="Source">The item of the user's input, for the TargetObject of an error.</param>
internal sealed record SelectedId(string Id, object? Source);
