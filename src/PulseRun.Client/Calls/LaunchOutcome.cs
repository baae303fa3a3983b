namespace PulseRun.Client.Calls;

/// <summary>What a launch that was sent has come to: <see cref="Launched"/>, <see cref="Refused"/> or <see cref="Doubtful"/>.</summary>
internal abstract record LaunchOutcome;
