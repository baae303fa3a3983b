namespace PulseRun.Client.Launch;

/// <summary>Represents a launched instance that exceeded its limits.</summary>
/// <param name="Error">The error for the user.</param>
/// <param name="IsGone">True when the instance is known to be terminated.</param>
internal sealed record LimitBreach(PulseRunException Error, bool IsGone);
