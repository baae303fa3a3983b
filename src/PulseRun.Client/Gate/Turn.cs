namespace PulseRun.Client.Gate;

/// <summary>Leave to send one request.</summary>
/// <param name="Generation">Which pause it came after: a refusal of an older turn says nothing new.</param>
/// <param name="Second">When it was given.</param>
/// <param name="IsProbe">Whether the others wait for its outcome.</param>
internal readonly record struct Turn(int Generation, long Second, bool IsProbe);
