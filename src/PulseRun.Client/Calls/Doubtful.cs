namespace PulseRun.Client.Calls;

/// <summary>It may have launched.</summary>
/// <param name="Cause">What went wrong.</param>
internal sealed record Doubtful(PulseRunException Cause) : LaunchAnswer;
