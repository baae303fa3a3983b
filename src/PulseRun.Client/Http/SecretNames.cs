using System;

namespace PulseRun.Client.Http;

/// <summary>Names whose values are secrets, in JSON, in queries and in headers. Case, <c>-</c> and <c>_</c> do not matter.</summary>
internal static class SecretNames
{
    /// <summary>A name that ends in one of these names a secret: <c>jupyter_token</c>, <c>X-Api-Key</c>.</summary>
    private static readonly string[] s_endings =
    [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "authorization", "credential", "credentials",
        "secretkey", "privatekey", "accesskey", "signature", "cookie",
    ];

    /// <summary>The length of the longest ending, and of what <see cref="IsSecret(ReadOnlySpan{char})"/> needs to see.</summary>
    public const int Longest = 13;

    /// <summary>True when the value under this name is a secret.</summary>
    public static bool IsSecret(string name)
    {
        Span<char> tail = stackalloc char[Longest];
        int from = Longest;
        for (int at = name.Length - 1; at >= 0 && from > 0; at--)
        {
            if (name[at] is not ('-' or '_'))
                tail[--from] = Lower(name[at]);
        }
        return IsSecret(tail.Slice(from));
    }

    /// <summary>The same for the last characters of a name, in lower case and without <c>-</c> and <c>_</c>.</summary>
    public static bool IsSecret(ReadOnlySpan<char> tail)
    {
        foreach (string ending in s_endings)
        {
            if (tail.EndsWith(ending.AsSpan()))
                return true;
        }
        return false;
    }

    public static char Lower(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
}
