using System;

namespace PulseRun.Core.Text;

/// <summary>Removes from an address what may be a secret.</summary>
internal static class PublicAddress
{
    /// <summary>Returns the address without query and fragment, which may be tokens, and without a user name and password.</summary>
    public static string? Of(string? address)
    {
        if (address is null)
            return null;
        int end = address.IndexOfAny(['?', '#']);
        string shown = end < 0 ? address : address.Remove(end);
        int host = shown.IndexOf("://", StringComparison.Ordinal) + 3;
        if (host < 3)
            return shown;
        int path = shown.IndexOf('/', host);
        int last = (path < 0 ? shown.Length : path) - 1;
        int user = last < host ? -1 : shown.LastIndexOf('@', last, last - host + 1);
        return user < 0 ? shown : shown.Remove(host, user + 1 - host);
    }
}
