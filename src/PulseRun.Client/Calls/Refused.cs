namespace PulseRun.Client.Calls;

/// <summary>Certainly nothing was launched.</summary>
/// <param name="Error">Why.</param>
internal sealed record Refused(PulseRunException Error) : LaunchOutcome;
