namespace PulseRun.Core.Text;

/// <summary>Checks instance ids before they are sent, so that an id can never change the path of a request.</summary>
internal static class InstanceIds
{
    public const int MaxLength = 128;

    private static readonly char[] s_wildcards = ['*', '?', '['];

    /// <summary>Returns true when the id consists of letters, digits and <c>_ - . ~ : @</c> only, is at most 128 characters long, and does not consist of dots alone.</summary>
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

    /// <summary>Throws when the id is not valid.</summary>
    /// <param name="id">The id.</param>
    /// <param name="command">The command that the advice pipes instances to; null when the id comes from elsewhere.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the id is not valid.</exception>
    public static void Check(string? id, string? command = null)
    {
        if (!IsValid(id))
            throw Refuse(id, command);
    }

    /// <summary>Returns the error for an id that is not valid.</summary>
    /// <param name="id">The id.</param>
    /// <param name="command">The command that the advice pipes instances to; null when the id comes from elsewhere.</param>
    public static PulseRunException Refuse(string? id, string? command = null) => new(
        ErrorIds.InvalidRequest,
        id is null or ""
            ? "The instance id is empty."
            : "'" + CleanText.Clean(id, 100) + "' is not an instance id: ids consist of letters, digits and _ - . ~ : @, and are at most 128 characters long.")
    {
        Field = "Id",
        Advice = id is not null && id.IndexOfAny(s_wildcards) >= 0
            ? "Only Get-PRInstance accepts wildcards. " + (command is null ? "List the instances" : "Pipe its output") + ": Get-PRInstance -Id '" + CleanText.Clean(id, 100).Replace("'", "''") + "'" + (command is null ? "" : " | " + command)
            : "Pass ids as Get-PRInstance shows them, or pipe in instances or objects with a property Id.",
    };
}
