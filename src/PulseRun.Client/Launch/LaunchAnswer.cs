namespace PulseRun.Client.Launch;

/// <summary>What a launch that was sent has come to: <see cref="Launched"/>, <see cref="Rejected"/> or <see cref="Indeterminate"/>.</summary>
internal abstract record LaunchAnswer;

/// <summary>It may have launched.</summary>
/// <param name="Cause">What went wrong.</param>
/// <param name="IsAnswered">True when the server itself ended the request, so that it no longer works on it.</param>
internal sealed record Indeterminate(PulseRunException Cause, bool IsAnswered) : LaunchAnswer;

/// <summary>The instance exists.</summary>
/// <param name="Instance">As the server answered it.</param>
internal sealed record Launched(Instance Instance) : LaunchAnswer;

/// <summary>Certainly nothing was launched.</summary>
/// <param name="Error">Why.</param>
internal sealed record Rejected(PulseRunException Error) : LaunchAnswer;
