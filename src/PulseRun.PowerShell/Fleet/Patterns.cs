using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Wildcard patterns as this module's parameters take them: without regard to case.</summary>
internal static class Patterns
{
    /// <summary>True when the text contains a wildcard.</summary>
    public static bool IsPattern(string? text) => text is not null && WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>Returns a function that decides whether a text matches. Most filters are plain words and a fleet is many rows, so a word is compared and only a pattern is matched.</summary>
    public static Func<string, bool> Matcher(string pattern)
    {
        if (!IsPattern(pattern))
            return text => string.Equals(text, pattern, StringComparison.OrdinalIgnoreCase);
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return wildcard.IsMatch;
    }
}
