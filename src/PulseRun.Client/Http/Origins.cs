using System;

namespace PulseRun.Client.Http;

internal static class Origins
{
    /// <summary>Returns true when two addresses belong to the same server: equal scheme, host and port.</summary>
    public static bool AreSame(Uri? a, Uri b) =>
        a is { IsAbsoluteUri: true }
        && a.Port == b.Port
        && string.Equals(a.Scheme, b.Scheme, StringComparison.OrdinalIgnoreCase)
        && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);
}
