using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security;

namespace PulseRun.Core.Text;

/// <summary>Converts between SecureString and characters. It is the only place that does, so that plain copies are always wiped.</summary>
internal static class SecretText
{
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

    /// <summary>Returns a secret with these characters. The caller still has to wipe its own copy.</summary>
    public static SecureString Of(IEnumerable<char> plain)
    {
        var secret = new SecureString();
        foreach (char c in plain)
            secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
