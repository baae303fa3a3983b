using System;

namespace PulseRun.Client.Http;

/// <summary>Recognizes names whose values are secrets, in JSON, queries and headers. Case, <c>-</c> and <c>_</c> are ignored.</summary>
internal static class SecretNames
{
    /// <summary>The endings of secret names, for example of <c>jupyter_token</c> and <c>X-Api-Key</c>.</summary>
    private static readonly string[] s_endings =
    [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "authorization", "credential", "credentials",
        "secretkey", "privatekey", "accesskey", "signature", "cookie",
    ];

    /// <summary>The length of the longest ending, and so of the part of a name that <see cref="IsSecret(ReadOnlySpan{char})"/> needs.</summary>
    public const int Longest = 13;

    /// <summary>Returns true when the value under this name is a secret.</summary>
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

    /// <summary>Returns true when the last characters of a name, in lower case and without <c>-</c> and <c>_</c>, denote a secret.</summary>
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
