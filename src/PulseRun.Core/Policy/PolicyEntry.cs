using System.Collections.Generic;

namespace PulseRun.Core.Policy;

/// <summary>Represents one rule of a policy file as it is written there.</summary>
/// <param name="Name">The name of the rule.</param>
/// <param name="Line">The line of the name, counted from 1.</param>
/// <param name="Value">The value: a string, a decimal, a bool, or a list of strings; null for any other value.</param>
internal sealed record PolicyEntry(string Name, int Line, object? Value)
{
    /// <summary>Gets the value as a list of texts; null for a value of another type. A single text is a list of one.</summary>
    public IReadOnlyList<string>? Texts => Value as IReadOnlyList<string> ?? (Value is string text ? [text] : null);
}
