using System.Security;

namespace PulseRun.Core.Text;

/// <summary>Determines properties of a key from its form (docs/dev/api.md).</summary>
internal static class KeyForm
{
    /// <summary>Returns <c>live</c>, <c>test</c> (sandbox), or <c>unknown</c>.</summary>
    public static string Mode(SecureString key) => SecretText.Use(key, plain =>
        StartsWith(plain, "pr_live_") ? "live" : StartsWith(plain, "pr_test_") ? "test" : "unknown");

    /// <summary>Returns true when the key can be sent in a header: printable ASCII without spaces. Other characters would cause an exception whose message quotes the key.</summary>
    public static bool IsSendable(SecureString key) => SecretText.Use(key, static plain =>
    {
        foreach (char c in plain)
        {
            if (c is <= ' ' or >= '\x7f')
                return false;
        }
        return plain.Length > 0;
    });

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
