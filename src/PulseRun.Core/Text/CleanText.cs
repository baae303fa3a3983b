using System.Globalization;
using System.Text;

namespace PulseRun.Core.Text;

/// <summary>Makes text from a server or a user safe for display in a terminal.</summary>
internal static class CleanText
{
    /// <summary>Returns the text with control and format characters (escape sequences, bidi overrides) replaced by spaces, truncated to <paramref name="maxLength"/>.</summary>
    public static string Clean(string text, int maxLength)
    {
        var clean = new StringBuilder(System.Math.Min(text.Length, maxLength));
        foreach (char c in text)
        {
            if (clean.Length == maxLength)
            {
                clean[maxLength - 1] = '…';
                break;
            }
            clean.Append(IsUnprintable(c) ? ' ' : c);
        }
        return clean.ToString().Trim();
    }

    /// <summary>Returns the text with control and format characters, which a terminal may interpret, replaced by U+FFFD; the same object when there are none.</summary>
    public static string Printable(string text)
    {
        int first = 0;
        while (first < text.Length && (text[first] is >= ' ' and <= '~' || !IsUnprintable(text[first])))
            first++;
        if (first == text.Length)
            return text;
        char[] shown = text.ToCharArray();
        for (int i = first; i < shown.Length; i++)
        {
            if (IsUnprintable(shown[i]))
                shown[i] = '\uFFFD';
        }
        return new string(shown);
    }

    public static bool IsUnprintable(char c) =>
        char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
