namespace PulseRun.Core.Client;

/// <summary>A value that was given, which may be null: null removes the setting.</summary>
/// <param name="Value">The value.</param>
internal sealed record Setting<T>(T Value);
