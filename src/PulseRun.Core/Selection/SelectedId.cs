namespace PulseRun.Core.Selection;

/// <summary>One id that a command asks for.</summary>
/// <param name="Id">The checked id.</param>
/// <param name="Source">The item of the user's input: the TargetObject of an error.</param>
internal sealed record SelectedId(string Id, object? Source);
