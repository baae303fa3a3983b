using System.Linq;

namespace PulseRun.Core.Text;

/// <summary>Which names a profile may have: they are shown in terminals, and typed on command lines.</summary>
internal static class ProfileNames
{
    public const int MaxLength = 64;

    /// <summary>Returns true for 1 to 64 characters without control and format characters, and without a blank at either end.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name.Trim().Length == name.Length && !name.Any(CleanText.IsUnprintable);

    /// <summary>Refuses a name that no profile may have.</summary>
    /// <exception cref="PulseRunException">InvalidRequest.</exception>
    public static void Check(string? name, string field)
    {
        if (IsValid(name))
            return;
        throw new PulseRunException(ErrorIds.InvalidRequest,
            field + ": '" + CleanText.Clean(name ?? "", 80) + "' is no name for a profile: a name has 1 to 64 characters, no control characters, and no blank at either end.")
        {
            Field = field,
        };
    }
}
