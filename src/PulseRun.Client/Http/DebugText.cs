using System.Text;

namespace PulseRun.Client.Http;

/// <summary>Prepares headers and bodies for the debug stream.</summary>
internal static class DebugText
{
    /// <summary>The number of bytes of a body that are shown.</summary>
    public const int MaxBytes = 64 << 10;

    public static string Body(byte[] bytes, int count, Redactor redactor) =>
        Clean(Encoding.UTF8.GetString(bytes, 0, count), redactor);

    /// <summary>Returns the text without secrets, and without control characters except line ends.</summary>
    public static string Clean(string text, Redactor redactor)
    {
        var clean = new StringBuilder(redactor.Prose(text));
        for (int at = 0; at < clean.Length; at++)
        {
            if (clean[at] is not '\n' && PulseRun.Core.Text.CleanText.IsUnprintable(clean[at]))
                clean[at] = ' ';
        }
        return clean.ToString();
    }
}
