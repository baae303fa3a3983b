using System;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Session;

/// <summary>What a connection needs to know of its key.</summary>
internal static class Secrets
{
    /// <summary>A digest that tells accounts apart: same address and same key, same account. The key cannot be had from it.</summary>
    public static string Account(Uri baseUri, SecureString key) => SecretText.Use(key, plain =>
    {
        byte[] address = Encoding.UTF8.GetBytes(baseUri.AbsoluteUri + "\n");
        byte[] secret = Encoding.UTF8.GetBytes(plain);
        byte[] both = new byte[address.Length + secret.Length];
        address.CopyTo(both, 0);
        secret.CopyTo(both, address.Length);
        using SHA256 sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(both);
        Array.Clear(secret, 0, secret.Length);
        Array.Clear(both, 0, both.Length);
        return BitConverter.ToString(hash, 0, 16).Replace("-", "");
    });

    /// <summary>What the key's form tells (api.md section 1).</summary>
    public static string Mode(SecureString key) => SecretText.Use(key, plain =>
        StartsWith(plain, "pr_live_") ? "live" : StartsWith(plain, "pr_test_") ? "test" : "unknown");

    /// <summary>Whether the key can be sent in a header at all.</summary>
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
