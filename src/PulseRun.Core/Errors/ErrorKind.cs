namespace PulseRun;

/// <summary>One row of the error catalogue.</summary>
/// <param name="Category">The name of PowerShell's ErrorCategory.</param>
/// <param name="RecommendedAction">What to do, in a sentence or two.</param>
internal sealed record ErrorKind(string Category, string RecommendedAction);
