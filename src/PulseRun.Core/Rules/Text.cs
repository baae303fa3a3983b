using System.Globalization;
using System.Text;

namespace PulseRun.Rules;

/// <summary>Text from a server or a user, made fit for a terminal.</summary>
internal static class Text
{
    /// <summary>Replaces control and format characters (escape sequences, bidi overrides) by spaces and cuts at <paramref name="maxLength"/>.</summary>
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

    public static bool IsUnprintable(char c) =>
        char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
