using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Linq;

namespace PulseRun.Core.Store;

/// <summary>Checks and describes the text that chooses a team store, such as <c>Host=pg;Database=pulserun;Username=ops</c>. Does not load the driver.</summary>
internal static class StoreText
{
    private static readonly string[] s_hostKeys = ["Host", "Server", "Service"];

    /// <summary>Returns the reason why the text does not name a store; null when it does. The reason repeats no value of the text, because a value may be a password.</summary>
    public static string? Objection(string text)
    {
        if (text.Contains("://"))
            return "The store is not an address with ://, but pairs, such as 'Host=pg;Database=pulserun;Username=ops'.";
        if (TryParse(text) is not { } pairs)
            return "The store must consist of pairs, such as 'Host=pg;Database=pulserun;Username=ops'.";
        return s_hostKeys.Any(pairs.ContainsKey) ? null : "The store names no Host (or Service).";
    }

    /// <summary>Returns true when the text contains a password.</summary>
    public static bool HasPassword(string text) => TryParse(text) is not { } pairs || Keys(pairs).Any(IsSecret);

    /// <summary>Returns the text without its passwords, to be shown.</summary>
    public static string Shown(string text)
    {
        if (TryParse(text) is not { } pairs)
            return "?";
        return string.Join(";", Keys(pairs).Where(static key => !IsSecret(key)).Select(key => key + "=" + pairs[key]));
    }

    /// <summary>Returns the pairs; null when the text is not a list of pairs.</summary>
    public static DbConnectionStringBuilder? TryParse(string text)
    {
        try
        {
            var pairs = new DbConnectionStringBuilder { ConnectionString = text };
            return pairs.Count > 0 ? pairs : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Keys(DbConnectionStringBuilder pairs) => pairs.Keys!.Cast<string>();

    // Passfile is the path of a file, and so no secret.
    private static bool IsSecret(string key)
    {
        string bare = key.Replace(" ", "").ToUpperInvariant();
        return bare.Contains("PASSWORD") || bare is "PWD" or "PSW";
    }
}
