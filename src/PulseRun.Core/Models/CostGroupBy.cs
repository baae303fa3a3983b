using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun;

/// <summary>Represents the value of -GroupBy: a property of instances, or a tag as <c>Tag:owner</c>.</summary>
public readonly struct CostGroupBy : IEquatable<CostGroupBy>
{
    private const string TagPrefix = nameof(CostGrouping.Tag) + ":";

    private static readonly CostGrouping[] s_properties =
        [CostGrouping.Total, CostGrouping.Gpu, CostGrouping.Provider, CostGrouping.Region, CostGrouping.Template, CostGrouping.Name, CostGrouping.LaunchedBy];

    private CostGroupBy(CostGrouping grouping, string? key)
    {
        Grouping = grouping;
        Key = key;
    }

    /// <summary>Gets the property.</summary>
    public CostGrouping Grouping { get; }

    /// <summary>Gets the key of the tag; null for another property.</summary>
    public string? Key { get; }

    /// <summary>Returns the grouping by a property.</summary>
    /// <exception cref="FormatException">It is Tag, which needs a key.</exception>
    public static implicit operator CostGroupBy(CostGrouping grouping) => FromCostGrouping(grouping);

    /// <summary>Returns the grouping by a property.</summary>
    /// <exception cref="FormatException">It is Tag, which needs a key.</exception>
    public static CostGroupBy FromCostGrouping(CostGrouping grouping) =>
        grouping == CostGrouping.Tag ? throw new FormatException("Group by a tag with its key, for example Tag:owner.") : new CostGroupBy(grouping, null);

    /// <summary>Reads the name of a property, or <c>Tag:</c> and a key. PowerShell calls this method for text.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static CostGroupBy Parse(string text)
    {
        string trimmed = (text ?? "").Trim();
        if (trimmed.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string key = trimmed.Substring(TagPrefix.Length).Trim();
            return key.Length is > 0 and <= 64 && key.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
                ? new CostGroupBy(CostGrouping.Tag, key)
                : throw new FormatException("Tag: needs the key of a tag, for example Tag:owner.");
        }
        int at = Array.FindIndex(s_properties, grouping => string.Equals(grouping.ToString(), trimmed, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? new CostGroupBy(s_properties[at], null) : throw new FormatException("Group by " + string.Join(", ", Names) + ".");
    }

    /// <summary>Gets the properties, and an example of a tag.</summary>
    internal static IEnumerable<string> Names => s_properties.Select(static grouping => grouping.ToString()).Concat([TagPrefix + "owner"]);

    /// <inheritdoc/>
    public bool Equals(CostGroupBy other) => Grouping == other.Grouping && string.Equals(Key, other.Key, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CostGroupBy other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Grouping ^ (Key is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Key));

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Key is null ? Grouping.ToString() : TagPrefix + Key;

    /// <summary>Returns true when both are the same.</summary>
    public static bool operator ==(CostGroupBy left, CostGroupBy right) => left.Equals(right);

    /// <summary>Returns true when they differ.</summary>
    public static bool operator !=(CostGroupBy left, CostGroupBy right) => !left.Equals(right);
}
