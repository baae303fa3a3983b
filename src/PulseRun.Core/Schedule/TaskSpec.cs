using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace PulseRun.Core.Schedule;

/// <summary>A program that is to be started every few minutes.</summary>
internal sealed record TaskSpec
{
    public const string DefaultName = "cleanup";

    /// <summary>A run that takes longer is ended: one that hangs would keep all later ones out.</summary>
    public const int TimeoutMinutes = 15;

    /// <summary>The intervals that all three schedulers can keep: divisors of an hour.</summary>
    public static readonly IReadOnlyList<int> Intervals = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];

    /// <summary>Names a file, a unit and an entry: letters and digits, and - . _ within.</summary>
    public required string Name { get; init; }

    /// <summary>The program's whole path.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Environment variables that it needs and that the scheduler does not give. Never a key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>The minutes from one start to the next, one of <see cref="Intervals"/>.</summary>
    public required int IntervalMinutes { get; init; }

    /// <summary>The whole command as one line, for people.</summary>
    public string Command => string.Join(" ", new[] { Program }.Concat(Arguments).Select(Shown).ToArray());

    public static bool IsName(string name) => Regex.IsMatch(name, @"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z", RegexOptions.CultureInvariant);

    /// <summary>Returns what no scheduler could keep: a line ends an entry of all of them. Null when all is well.</summary>
    public PulseRunException? Check()
    {
        if (!IsName(Name))
            return Wrong("Name", "a name has 1 to 40 letters, digits and - . _, and begins with a letter or a digit");
        if (!Intervals.Contains(IntervalMinutes))
            return Wrong("IntervalMinutes", "one of " + string.Join(", ", Intervals.Select(static one => one.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray()));
        foreach (string text in new[] { Program }.Concat(Arguments).Concat(Variables.Select(static one => one.Value)))
        {
            if (text.Any(char.IsControl))
                return Wrong("Command", "no scheduler takes a control character, as in '" + PulseRun.Core.Text.CleanText.Clean(text, 80) + "'");
        }
        return null;
    }

    /// <summary>Returns a number of minutes as a duration; null for what is no number.</summary>
    public static System.TimeSpan? Minutes(string number) =>
        int.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int minutes) ? System.TimeSpan.FromMinutes(minutes) : null;

    private static PulseRunException Wrong(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + ".") { Field = field };

    private static string Shown(string word) => word.Length > 0 && word.All(static c => c is not (' ' or '"' or '\'')) ? word : "\"" + word + "\"";
}
