using System;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Derives the account of a connection from its key.</summary>
internal static class Secrets
{
    /// <summary>Returns a digest that identifies an account: it is the same for the same address and key. The key cannot be derived from it.</summary>
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
}
