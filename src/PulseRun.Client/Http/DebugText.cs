using System.Text;

namespace PulseRun.Client.Http;

/// <summary>Headers and bodies made fit for the debug stream.</summary>
internal static class DebugText
{
    /// <summary>As much of a body as is shown.</summary>
    public const int MaxBytes = 64 << 10;

    public static string Body(byte[] bytes, int count, Redactor redactor) =>
        Clean(Encoding.UTF8.GetString(bytes, 0, count), redactor);

    /// <summary>Redacted, and without control characters but line ends.</summary>
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
