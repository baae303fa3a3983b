using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security;

namespace PulseRun.Core.Text;

/// <summary>Converts between SecureString and characters. It is the only place that does, so that plain copies are always wiped.</summary>
internal static class SecretText
{
    /// <summary>The text that replaces what looks like a secret in an answer.</summary>
    public const string Mask = "[redacted]";

    /// <summary>The most characters of a SecureString.</summary>
    private const int Longest = 65_536;

    /// <summary>Passes the plain characters to <paramref name="read"/> and wipes them when it returns.</summary>
    public static T Use<T>(SecureString secret, Func<char[], T> read)
    {
        char[] plain = new char[secret.Length];
        IntPtr memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(memory, plain, 0, plain.Length);
            return read(plain);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
            Array.Clear(plain, 0, plain.Length);
        }
    }

    /// <summary>Returns a secret with these characters; an empty one, which no check accepts, when there are more than a SecureString can have. The caller still has to wipe its own copy.</summary>
    public static SecureString Of(IEnumerable<char> plain)
    {
        var secret = new SecureString();
        foreach (char c in plain)
        {
            if (secret.Length == Longest)
            {
                secret.Clear();
                break;
            }
            secret.AppendChar(c);
        }
        secret.MakeReadOnly();
        return secret;
    }
}
