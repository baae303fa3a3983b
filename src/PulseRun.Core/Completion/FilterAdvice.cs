using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Completion;

/// <summary>Distinguishes a filter value that is probably a typo from one that matches no instance.</summary>
internal static class FilterAdvice
{
    private const int MostNamed = 8;
    private const int LongestName = 40;

    /// <summary>Returns a warning for each value that matches nothing and looks like a typo.</summary>
    /// <param name="field">The field that is filtered.</param>
    /// <param name="wanted">The values of the filter that contain no wildcard.</param>
    /// <param name="present">The values that instances have.</param>
    /// <param name="known">The values that the module knows; there may be others.</param>
    public static IReadOnlyList<string> For(CompletionField field, IEnumerable<string> wanted, IReadOnlyList<string> present, IReadOnlyList<string> known)
    {
        List<string> all = present.Concat(known).Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(static one => one, StringComparer.OrdinalIgnoreCase).ToList();
        return wanted
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(one => !all.Contains(one, StringComparer.OrdinalIgnoreCase))
            .Select(one => field == CompletionField.Status ? OfStatus(one, all) : OfOther(field, one, present, all))
            .OfType<string>()
            .ToList();
    }

    /// <summary>Returns the nearest name; null when none is similar enough.</summary>
    public static string? Nearest(string typed, IEnumerable<string> names)
    {
        string plain = Plain(typed);
        int limit = Math.Max(1, plain.Length / 4);
        return names
            .Select(name => (Name: name, Distance: Distance(plain, Plain(name))))
            .Where(one => one.Distance <= limit)
            .OrderBy(static one => one.Distance)
            .ThenBy(static one => one.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static one => one.Name)
            .FirstOrDefault();
    }

    private static string OfStatus(string typed, IReadOnlyList<string> all) =>
        "Status '" + Clean(typed) + "' is not a known state and matches no instance. "
        + (Nearest(typed, all) is { } near ? "The nearest is " + Clean(near) + "." : "Known states: " + Named(all) + ".");

    private static string? OfOther(CompletionField field, string typed, IReadOnlyList<string> present, IReadOnlyList<string> all)
    {
        string? meant = present.Any(one => one.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) ? typed + "*" : Nearest(typed, all);
        if (meant is null)
            return null;
        string here = present.Count == 0 ? "" : field + " of the instances here: " + Named(present.OrderBy(static one => one, StringComparer.OrdinalIgnoreCase).ToList()) + ". ";
        return field + " '" + Clean(typed) + "' matches no instance. " + here + "Did you mean " + Clean(meant) + "?";
    }

    private static string Named(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed).Select(Clean).ToArray()) + (names.Count > MostNamed ? ", ..." : "");

    private static string Clean(string text) => CleanText.Clean(text, LongestName);

    /// <summary>Removes separators and case, which are mistyped most often.</summary>
    private static string Plain(string name) => new(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant).ToArray());

    /// <summary>Returns the number of letters to insert, delete, replace, or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        int[][] cost = new int[a.Length + 1][];
        for (int i = 0; i <= a.Length; i++)
        {
            cost[i] = new int[b.Length + 1];
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.Length; j++)
            cost[0][j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int best = Math.Min(Math.Min(cost[i - 1][j] + 1, cost[i][j - 1] + 1), cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, cost[i - 2][j - 2] + 1);
                cost[i][j] = best;
            }
        }
        return cost[a.Length][b.Length];
    }
}
