namespace PulseRun.Core.Client;

/// <summary>Holds a value that was given. A null value removes the setting.</summary>
/// <param name="Value">The value.</param>
internal sealed record Setting<T>(T Value);
