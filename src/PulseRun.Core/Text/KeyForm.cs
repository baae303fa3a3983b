using System;
using System.Security;

namespace PulseRun.Core.Text;

/// <summary>What the form of a key tells (api.md section 1).</summary>
internal static class KeyForm
{
    /// <summary>Returns <c>live</c>, <c>test</c> (sandbox), or <c>unknown</c>.</summary>
    public static string Mode(SecureString key) => SecretText.Use(key, plain =>
        StartsWith(plain, "pr_live_") ? "live" : StartsWith(plain, "pr_test_") ? "test" : "unknown");

    /// <summary>Returns true when a header can hold the key: printable ASCII without blanks. Anything else would end in an exception that quotes it.</summary>
    public static bool IsSendable(SecureString key) => SecretText.Use(key, plain => plain.Length > 0 && Array.TrueForAll(plain, c => c is > ' ' and < '\x7f'));

    private static bool StartsWith(char[] text, string prefix)
    {
        if (text.Length < prefix.Length)
            return false;
        for (int i = 0; i < prefix.Length; i++)
        {
            if (text[i] != prefix[i])
                return false;
        }
        return true;
    }
}
