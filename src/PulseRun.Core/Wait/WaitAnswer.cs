namespace PulseRun.Waiting;

/// <summary>What one poll says about one waited-for instance.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Reason">Why it cannot get there, or what is still missing, as the end of a sentence about the instance; null when reached.</param>
internal readonly record struct WaitAnswer(WaitProgress Progress, string? Reason = null);
