using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace PulseRun.Core.Schedule;

/// <summary>Describes a program to start at intervals of minutes.</summary>
internal sealed record TaskSpec
{
    public const string DefaultName = "cleanup";

    /// <summary>The time limit of a run, in minutes. A run that hangs would block all later ones.</summary>
    public const int TimeoutMinutes = 15;

    /// <summary>The intervals that all three schedulers support: divisors of an hour, in minutes.</summary>
    public static readonly IReadOnlyList<int> Intervals = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];

    /// <summary>Gets the name of the file, unit or entry: letters, digits and - . _, beginning with a letter or a digit.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the full path of the program.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Gets the environment variables that the program needs and the scheduler does not set. Never contains a key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Gets the minutes between two starts, one of <see cref="Intervals"/>.</summary>
    public required int IntervalMinutes { get; init; }

    /// <summary>Gets the whole command as one line, for display.</summary>
    public string Command => string.Join(" ", new[] { Program }.Concat(Arguments).Select(Shown).ToArray());

    public static bool IsName(string name) => Regex.IsMatch(name, @"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z", RegexOptions.CultureInvariant);

    /// <summary>Returns the error for the first value that a scheduler cannot store (in all of them a line end ends the entry); null when all are valid.</summary>
    public PulseRunException? Check()
    {
        if (!IsName(Name))
            return Wrong("Name", "the name must have 1 to 40 letters, digits and - . _, and begin with a letter or a digit");
        if (!Intervals.Contains(IntervalMinutes))
            return Wrong("IntervalMinutes", "the interval must be one of " + string.Join(", ", Intervals.Select(static one => one.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray()));
        foreach (string text in new[] { Program }.Concat(Arguments).Concat(Variables.Select(static one => one.Value)))
        {
            if (text.Any(char.IsControl))
                return Wrong("Command", "a scheduler cannot store a control character, as in '" + PulseRun.Core.Text.CleanText.Clean(text, 80) + "'");
        }
        return null;
    }

    /// <summary>Returns a number of minutes as a duration; null when the text is not a number.</summary>
    public static System.TimeSpan? Minutes(string number) =>
        int.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int minutes) ? System.TimeSpan.FromMinutes(minutes) : null;

    private static PulseRunException Wrong(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + ".") { Field = field };

    private static string Shown(string word) => word.Length > 0 && word.All(static c => c is not (' ' or '"' or '\'')) ? word : "\"" + word + "\"";
}
