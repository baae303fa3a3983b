using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Views.Fleet;

/// <summary>Selects rows by the text that the user typed.</summary>
internal static class FleetFilter
{
    /// <summary>Returns the rows that contain every word of the text, in any of their columns. Case is ignored. An empty text selects all rows.</summary>
    public static IReadOnlyList<WatchedInstance> Select(IReadOnlyList<WatchedInstance> rows, string text)
    {
        string[] words = text.Split([' '], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? rows : rows.Where(row => words.All(word => Contains(row, word))).ToList();
    }

    private static bool Contains(WatchedInstance row, string word) =>
        Contains(row.Id, word) || Contains(row.Status, word) || Contains(row.Gpu, word) || Contains(row.Provider, word) || Contains(row.Region, word) || Contains(row.Instance.Template, word)
        // The verdict and the reason are shown for running instances only.
        || (FleetText.Runs(row) && (Contains(row.Verdict.ToString(), word) || Contains(row.Reason.ToString(), word)));

    private static bool Contains(string? text, string word) => text?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
