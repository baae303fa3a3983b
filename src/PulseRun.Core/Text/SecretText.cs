using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security;

namespace PulseRun.Core.Text;

/// <summary>The one place a key is taken out of its SecureString and put into one, so that the copies are wiped everywhere alike.</summary>
internal static class SecretText
{
    /// <summary>Lends the plain characters; they are wiped when <paramref name="read"/> returns.</summary>
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

    /// <summary>True when the secret can be sent in a header: it has characters, and all of them are printable ASCII without spaces.</summary>
    public static bool IsSendable(SecureString secret) =>
        Use(secret, static plain => plain.Length > 0 && Array.TrueForAll(plain, static c => c is > ' ' and < '\x7f'));

    /// <summary>A secret of these characters, which stay the caller's to wipe.</summary>
    public static SecureString Of(IEnumerable<char> plain)
    {
        var secret = new SecureString();
        foreach (char c in plain)
            secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
