using System;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Matches the wildcard patterns of this module's parameters, ignoring case.</summary>
internal static class Patterns
{
    /// <summary>True when the text contains a wildcard.</summary>
    public static bool IsPattern(string? text) => text is not null && WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>Returns a function that returns true when a text matches the pattern. A pattern without wildcards is compared as a string, which is faster, because most filters are plain words and a fleet has many rows.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the pattern is not valid.</exception>
    public static Func<string, bool> Matcher(string pattern)
    {
        if (!IsPattern(pattern))
            return text => string.Equals(text, pattern, StringComparison.OrdinalIgnoreCase);
        var wildcard = new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        try
        {
            // A pattern is parsed at its first use. Parse it here, so that an invalid one fails before a request is sent.
            wildcard.IsMatch("");
        }
        catch (WildcardPatternException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "'" + CleanText.Clean(pattern, 100) + "' is not a valid wildcard pattern. Nothing was sent. Escape a literal [ with a backtick.", error);
        }
        return wildcard.IsMatch;
    }
}
