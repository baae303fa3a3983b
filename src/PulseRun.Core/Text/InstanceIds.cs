namespace PulseRun.Core.Text;

/// <summary>Which strings may stand for an instance in a path. Anything else is refused before sending: an id must never become another path.</summary>
internal static class InstanceIds
{
    public const int MaxLength = 128;

    private static readonly char[] s_wildcards = ['*', '?', '['];

    /// <summary>Whether the id is made of letters, digits and <c>_ - . ~ : @</c> only, and is not a path step of dots.</summary>
    public static bool IsValid(string? id)
    {
        if (id is null || id.Length is 0 or > MaxLength)
            return false;
        bool onlyDots = true;
        foreach (char c in id)
        {
            bool allowed = c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '_' or '-' or '.' or '~' or ':' or '@';
            if (!allowed)
                return false;
            onlyDots &= c == '.';
        }
        return !onlyDots;
    }

    /// <summary>Refuses an id that is none.</summary>
    /// <exception cref="PulseRunException">InvalidRequest.</exception>
    public static void Check(string? id)
    {
        if (!IsValid(id))
            throw Refuse(id);
    }

    /// <summary>The error for an id that is none.</summary>
    public static PulseRunException Refuse(string? id) => new(
        ErrorIds.InvalidRequest,
        id is null or ""
            ? "An instance id is empty."
            : "'" + CleanText.Clean(id, 100) + "' is not an instance id: ids are made of letters, digits and _ - . ~ : @, and are at most 128 characters long.")
    {
        Field = "Id",
        Advice = id is not null && id.IndexOfAny(s_wildcards) >= 0
            ? "Only Get-PRInstance takes wildcards: pipe what it finds, as in Get-PRInstance -Id '" + CleanText.Clean(id, 100).Replace("'", "''") + "' | Stop-PRInstance."
            : null,
    };
}
