namespace PulseRun.Client.Launch;

/// <summary>A launched instance that was over its limits.</summary>
/// <param name="Error">What the user reads of it.</param>
/// <param name="IsGone">True when it is known to be terminated.</param>
internal sealed record LimitBreach(PulseRunException Error, bool IsGone);
