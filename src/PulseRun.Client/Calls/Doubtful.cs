namespace PulseRun.Client.Calls;

/// <summary>It may have launched.</summary>
/// <param name="Cause">What went wrong.</param>
/// <param name="IsAnswered">True when the server itself ended the request, so that it no longer works on it.</param>
internal sealed record Doubtful(PulseRunException Cause, bool IsAnswered) : LaunchAnswer;
