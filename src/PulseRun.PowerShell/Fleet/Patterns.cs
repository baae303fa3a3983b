using System;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Wildcard patterns as this module's parameters take them: without regard to case.</summary>
internal static class Patterns
{
    /// <summary>True when the text contains a wildcard.</summary>
    public static bool IsPattern(string? text) => text is not null && WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>Returns a function that decides whether a text matches. Most filters are plain words and a fleet is many rows, so a word is compared and only a pattern is matched.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the pattern is not valid.</exception>
    public static Func<string, bool> Matcher(string pattern)
    {
        if (!IsPattern(pattern))
            return text => string.Equals(text, pattern, StringComparison.OrdinalIgnoreCase);
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        try
        {
            // Parsed at its first use, which would be in the middle of a list.
            wildcard.IsMatch("");
        }
        catch (WildcardPatternException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "'" + CleanText.Clean(pattern, 100) + "' is not a valid wildcard pattern. Nothing was sent.", error);
        }
        return wildcard.IsMatch;
    }
}
