namespace PulseRun.Client.Launch;

/// <summary>Represents the outcome of a launch according to its answer: <see cref="Launched"/>, <see cref="Rejected"/> or <see cref="Indeterminate"/>.</summary>
internal abstract record LaunchAnswer;

/// <summary>Represents an answer that does not show whether an instance was launched.</summary>
/// <param name="Cause">The error of the request.</param>
/// <param name="IsAnswered">True when the server itself ended the request, so that it no longer works on it.</param>
internal sealed record Indeterminate(PulseRunException Cause, bool IsAnswered) : LaunchAnswer;

/// <summary>Represents an answer with the launched instance.</summary>
/// <param name="Instance">The instance in the answer.</param>
internal sealed record Launched(Instance Instance) : LaunchAnswer;

/// <summary>Represents an answer that proves that nothing was launched.</summary>
/// <param name="Error">The error of the request.</param>
internal sealed record Rejected(PulseRunException Error) : LaunchAnswer;
