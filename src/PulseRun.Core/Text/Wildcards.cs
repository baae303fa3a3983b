namespace PulseRun.Core.Text;

/// <summary>Matches texts with patterns of * and ?, without case, for rules that are not part of a command line.</summary>
internal static class Wildcards
{
    /// <summary>Returns true when the whole text matches the pattern. The time is at most proportional to the product of both lengths.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        int at = 0, next = 0, star = -1, retry = 0;
        while (next < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                retry = next;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(text[next])))
            {
                at++;
                next++;
            }
            else if (star >= 0)
            {
                // The last star takes one more character.
                at = star + 1;
                next = ++retry;
            }
            else
            {
                return false;
            }
        }
        while (at < pattern.Length && pattern[at] == '*')
            at++;
        return at == pattern.Length;
    }
}
