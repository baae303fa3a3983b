using System.Linq;

namespace PulseRun.Core.Text;

/// <summary>Checks profile names, which are displayed in terminals and typed on command lines.</summary>
internal static class ProfileNames
{
    public const int MaxLength = 64;

    /// <summary>Returns true for 1 to 64 characters without control and format characters, and without white space at either end.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name.Trim().Length == name.Length && !name.Any(CleanText.IsUnprintable);

    /// <summary>Throws when the name is not valid.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the name is not valid.</exception>
    public static void Check(string? name, string field)
    {
        if (IsValid(name))
            return;
        throw new PulseRunException(ErrorIds.InvalidRequest,
            field + ": '" + CleanText.Clean(name ?? "", 80) + "' is not a valid profile name: a name has 1 to 64 characters, no control characters, and no white space at either end.")
        {
            Field = field,
        };
    }
}
