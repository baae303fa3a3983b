using System;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>How one item ended.</summary>
/// <param name="Write">Tells the user. Runs on the pipeline thread.</param>
/// <param name="Failed">Whether it is an error.</param>
internal sealed record Outcome(Action Write, bool Failed = false);
