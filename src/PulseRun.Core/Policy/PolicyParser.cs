using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Policy;

/// <summary>Makes a policy of the rules in a file. A file with a single wrong rule is refused as a whole, because an administrator who misspells a rule must not believe that it holds.</summary>
internal static class PolicyParser
{
    private static readonly string[] s_names =
    [
        nameof(PulseRun.Policy.RequireLifetime), nameof(PulseRun.Policy.MaxLifetime), nameof(PulseRun.Policy.RequireTag), nameof(PulseRun.Policy.MaxHourlyCost),
        nameof(PulseRun.Policy.AllowedGpu), nameof(PulseRun.Policy.AllowedProvider), nameof(PulseRun.Policy.MinIdleFor), nameof(PulseRun.Policy.ProtectedTag),
    ];

    /// <summary>Returns the policy.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="entries">The rules, in the order of the file. Their names are in any case.</param>
    /// <exception cref="PulseRunException">PolicyViolation: a rule is unknown, is there twice, or has a wrong value. The message names the file, the line and the rule.</exception>
    public static PulseRun.Policy Parse(string path, IEnumerable<PolicyEntry> entries)
    {
        var rules = new Dictionary<string, PolicyEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (PolicyEntry entry in entries)
        {
            if (Array.Find(s_names, name => string.Equals(name, entry.Name, StringComparison.OrdinalIgnoreCase)) is not { } known)
                throw Refuse(path, entry.Line, "'" + CleanText.Clean(entry.Name, 60) + "' is not a rule. The rules are " + string.Join(", ", s_names) + ".");
            if (rules.ContainsKey(known))
                throw Refuse(path, entry.Line, known + " is there twice. Names are compared without case.");
            rules[known] = entry;
        }
        return new PulseRun.Policy
        {
            Path = path,
            RequireLifetime = Read(nameof(PulseRun.Policy.RequireLifetime), "true or false", static entry => entry.Value as bool?) ?? false,
            MaxLifetime = Read(nameof(PulseRun.Policy.MaxLifetime), "a time as text, for example \"2.00:00:00\" for two days", Time),
            RequireTag = Read(nameof(PulseRun.Policy.RequireTag), "a list of keys of tags, for example [\"owner\"]", Keys),
            MaxHourlyCost = Read(nameof(PulseRun.Policy.MaxHourlyCost), "a number of dollars, 0 or more", static entry => entry.Value is decimal and >= 0m and <= 1_000_000m ? (decimal?)entry.Value : null),
            AllowedGpu = Read(nameof(PulseRun.Policy.AllowedGpu), "a list of GPU types, for example [\"rtx_*\"]", Patterns),
            AllowedProvider = Read(nameof(PulseRun.Policy.AllowedProvider), "a list of providers, for example [\"vast_ai\"]", Patterns),
            MinIdleFor = Read(nameof(PulseRun.Policy.MinIdleFor), "a time as text, for example \"00:20:00\" for 20 minutes", Time),
            ProtectedTag = Read(nameof(PulseRun.Policy.ProtectedTag), "a tag as text, for example \"keep=true\"", Tag),
        };

        T? Read<T>(string name, string form, Func<PolicyEntry, T?> convert) =>
            !rules.TryGetValue(name, out PolicyEntry? entry) ? default
            : convert(entry) is { } value ? value
            : throw Refuse(path, entry.Line, name + " is " + form + ".");
    }

    /// <summary>Returns the error for a file that is refused. Until it is corrected, what the policy could forbid is not done.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="line">The line, counted from 1; null when the reason is not in a line.</param>
    /// <param name="why">The reason, as a sentence.</param>
    public static PulseRunException Refuse(string path, int? line, string why) =>
        new(ErrorIds.PolicyViolation, "The policy '" + CleanText.Clean(path, 300) + "' is refused" + (line is { } at ? ", line " + at.ToString(CultureInfo.InvariantCulture) : "") + ": " + why);

    /// <summary>Returns a time above 0. A number without colons is not accepted: TimeSpan reads "24" as 24 days, and a person may mean hours.</summary>
    private static TimeSpan? Time(PolicyEntry entry) =>
        entry.Value is string text && text.IndexOf(':') > 0 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time) && time > TimeSpan.Zero ? time : null;

    private static IReadOnlyList<string>? Patterns(PolicyEntry entry) =>
        entry.Texts is { Count: > 0 } texts && texts.All(static text => text.Trim().Length > 0) ? texts : null;

    private static IReadOnlyList<string>? Keys(PolicyEntry entry) =>
        entry.Texts is { Count: > 0 } texts && texts.All(static text => IsKey(text)) ? texts : null;

    private static string? Tag(PolicyEntry entry) =>
        entry.Value is string text && IsKey(text.Split('=')[0]) ? text : null;

    private static bool IsKey(string text) => text.Length > 0 && Notes.NoteRules.WrongTags(new Dictionary<string, string> { [text] = "" }) is null;
}
