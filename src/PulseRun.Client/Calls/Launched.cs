namespace PulseRun.Client.Calls;

/// <summary>The instance exists.</summary>
/// <param name="Instance">As the server answered it.</param>
internal sealed record Launched(Instance Instance) : LaunchOutcome;
