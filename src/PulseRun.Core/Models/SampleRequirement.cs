using System;
using System.Globalization;

namespace PulseRun;

/// <summary>Represents the value of -MinSamples: a number of readings, or Auto.</summary>
public readonly struct SampleRequirement : IEquatable<SampleRequirement>
{
    /// <summary>The number of readings that an instance needs without -MinSamples.</summary>
    internal const int Usual = 20;

    private const string AutoText = "Auto";

    private SampleRequirement(int count, bool isAuto)
    {
        Count = count;
        IsAuto = isAuto;
    }

    /// <summary>Gets the value Auto: 20 readings, and up to 60 for an instance that works rarely.</summary>
    public static SampleRequirement Auto => new(Usual, isAuto: true);

    /// <summary>Gets the number of readings that every instance needs.</summary>
    public int Count { get; }

    /// <summary>True when an instance that works rarely needs more readings.</summary>
    public bool IsAuto { get; }

    /// <summary>Returns the requirement of a number of readings.</summary>
    public static implicit operator SampleRequirement(int count) => new(count, isAuto: false);

    /// <summary>Returns the requirement of a number of readings.</summary>
    public static SampleRequirement FromInt32(int count) => count;

    /// <summary>Reads a number or the word Auto. PowerShell calls this method for text.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static SampleRequirement Parse(string text)
    {
        string trimmed = (text ?? "").Trim();
        if (string.Equals(trimmed, AutoText, StringComparison.OrdinalIgnoreCase))
            return Auto;
        return int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count)
            ? count
            : throw new FormatException("The number of readings must be a whole number or Auto.");
    }

    /// <inheritdoc/>
    public bool Equals(SampleRequirement other) => Count == other.Count && IsAuto == other.IsAuto;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SampleRequirement other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsAuto ? -Count : Count;

    /// <summary>Returns the number, or Auto.</summary>
    public override string ToString() => IsAuto ? AutoText : Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns true when both are the same.</summary>
    public static bool operator ==(SampleRequirement left, SampleRequirement right) => left.Equals(right);

    /// <summary>Returns true when they differ.</summary>
    public static bool operator !=(SampleRequirement left, SampleRequirement right) => !left.Equals(right);
}
