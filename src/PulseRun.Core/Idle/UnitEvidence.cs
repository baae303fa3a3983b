using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Contains what the recorded readings of the last days prove about the unit of an instance's readings. A server that reports a load above 1 reports percent.</summary>
/// <param name="IsPercent">True when this instance had a reading above 1.</param>
/// <param name="IsPercentIfWhole">
/// True when another instance of the account had a reading above 1, and no instance had one between 0 and 1. Every reading of such a server is a whole number of percent,
/// so this holds only for an instance whose readings are whole numbers, too.
/// </param>
internal readonly record struct UnitEvidence(bool IsPercent, bool IsPercentIfWhole);

/// <summary>Contains the evidence for all instances of an account.</summary>
/// <param name="above">The ids of the instances that had a reading above 1.</param>
/// <param name="hasFractions">True when any instance had a reading between 0 and 1.</param>
internal sealed class RecordedUnits(ISet<string> above, bool hasFractions)
{
    /// <summary>Gets the evidence of an account without readings.</summary>
    public static RecordedUnits None { get; } = new(new HashSet<string>(StringComparer.Ordinal), hasFractions: false);

    /// <summary>Returns the evidence for one instance.</summary>
    public UnitEvidence Of(string id) => new(above.Contains(id), above.Count > 0 && !hasFractions);
}
