using System;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>How one item ended.</summary>
/// <param name="Write">Tells the user. Runs on the pipeline thread.</param>
/// <param name="Failed">Whether it is an error.</param>
/// <param name="Written">Runs after <paramref name="Write"/> has returned, so that what was written is known to be; null for nothing.</param>
internal sealed record Outcome(Action Write, bool Failed = false, Action? Written = null);
