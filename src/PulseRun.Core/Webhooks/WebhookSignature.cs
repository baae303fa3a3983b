using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Core.Text;

namespace PulseRun.Core.Webhooks;

/// <summary>Checks and creates the signatures of webhook deliveries. Whatever is wrong with the input, the answer is false.</summary>
internal static class WebhookSignature
{
    /// <summary>The beginning of a Standard Webhooks secret, whose rest is base64.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>The beginning of a signature of version 1 of Standard Webhooks.</summary>
    private const string Version = "v1,";

    /// <summary>The name of the algorithm that some senders write before a signature.</summary>
    private const string Algorithm = "sha256=";

    /// <summary>The largest number of signatures that are compared. A sender rotates between two secrets, not hundreds.</summary>
    private const int MostSignatures = 32;

    /// <summary>The largest length of a text with signatures.</summary>
    private const int LongestSignature = 8192;

    private static readonly char[] s_separators = [' ', '\t', '\r', '\n'];
    private static readonly char[] s_listSeparators = [' ', '\t', '\r', '\n', ',', ';'];

    /// <summary>Returns true when one of the signatures is valid.</summary>
    /// <param name="scheme">The scheme by which the delivery is signed.</param>
    /// <param name="body">The body, byte for byte as it arrived.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="signatures">The signatures, each text with one or several.</param>
    /// <param name="id">The header webhook-id. Required for Standard Webhooks.</param>
    /// <param name="timestamp">The header webhook-timestamp, in seconds since 1970. Required for Standard Webhooks. The other schemes do not sign it, so there it can only refuse a delivery.</param>
    /// <param name="tolerance">The largest difference of the timestamp from now.</param>
    /// <param name="now">The present time.</param>
    public static bool IsValid(
        WebhookScheme scheme, byte[]? body, SecureString? secret, IEnumerable<string?>? signatures, string? id, string? timestamp, TimeSpan tolerance, DateTimeOffset now)
    {
        if (body is null || secret is null || secret.Length == 0 || signatures is null)
            return false;
        try
        {
            bool isStandard = scheme == WebhookScheme.StandardWebhooks;
            if ((isStandard || timestamp is not null) && !IsRecent(timestamp, tolerance, now))
                return false;
            // A point in the id would let a part of the signed text move from one field to another.
            if (isStandard && (id is null or "" || id.Contains('.')))
                return false;
            string[] given = Split(scheme, signatures);
            if (given.Length is 0 or > MostSignatures)
                return false;
            byte[] signed = isStandard ? Concat(id + "." + timestamp + ".", body) : body;
            bool isValid = false;
            foreach (byte[] key in Keys(secret))
            {
                string expected = Text(scheme, Hash(key, signed));
                // All signatures are compared, even after one fits, so that the time does not show which one it was.
                foreach (string one in given)
                    isValid |= AreEqual(expected, one);
                Array.Clear(key, 0, key.Length);
            }
            return isValid;
        }
#pragma warning disable CA1031 // A check that cannot be made must not let a delivery pass, and must not fail the script that makes it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>Returns the signature of a delivery in the form of Standard Webhooks.</summary>
    public static string Sign(byte[] key, string id, string timestamp, byte[] body) =>
        Version + Convert.ToBase64String(Hash(key, Concat(id + "." + timestamp + ".", body)));

    /// <summary>Returns the key that a secret stands for when deliveries are signed.</summary>
    public static byte[] KeyOf(string secret) =>
        secret.StartsWith(SecretPrefix, StringComparison.Ordinal) && Decode(secret.Substring(SecretPrefix.Length)) is { Length: > 0 } key ? key : Encoding.UTF8.GetBytes(secret);

    private static bool IsRecent(string? timestamp, TimeSpan tolerance, DateTimeOffset now)
    {
        if (timestamp is null || timestamp.Length is 0 or > 12 || !timestamp.All(static c => c is >= '0' and <= '9')
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            return false;
        return Math.Abs((double)(now.ToUnixTimeMilliseconds() - (seconds * 1000))) <= tolerance.TotalMilliseconds;
    }

    /// <summary>Returns the single signatures in the form in which the expected one is written.</summary>
    private static string[] Split(WebhookScheme scheme, IEnumerable<string?> signatures)
    {
        string[] texts = signatures.OfType<string>().Take(MostSignatures + 1).ToArray();
        if (texts.Any(static text => text.Length > LongestSignature))
            return [];
        bool isStandard = scheme == WebhookScheme.StandardWebhooks;
        IEnumerable<string> words = texts.SelectMany(text => text.Split(isStandard ? s_separators : s_listSeparators, StringSplitOptions.RemoveEmptyEntries));
        if (isStandard)
            return words.Where(static word => word.StartsWith(Version, StringComparison.Ordinal)).ToArray();
        words = words.Select(static word => word.StartsWith(Algorithm, StringComparison.OrdinalIgnoreCase) ? word.Substring(Algorithm.Length) : word);
        return (scheme == WebhookScheme.HmacHex ? words.Select(static word => word.ToLowerInvariant()) : words).ToArray();
    }

    /// <summary>Returns the keys that a secret can stand for. A secret without the prefix may be base64 or plain text; the sender of a valid signature knows it in both cases.</summary>
    private static List<byte[]> Keys(SecureString secret) => SecretText.Use(secret, static plain =>
    {
        var keys = new List<byte[]>(2);
        string prefix = new(plain, 0, Math.Min(plain.Length, SecretPrefix.Length));
        int from = prefix == SecretPrefix ? SecretPrefix.Length : 0;
        if (Decode(plain, from) is { Length: > 0 } decoded)
            keys.Add(decoded);
        keys.Add(Encoding.UTF8.GetBytes(plain));
        // The prefix alone is no secret, because anyone could sign with it.
        return plain.Length == from ? [] : keys;
    });

    private static byte[]? Decode(string text) => Decode(text.ToCharArray(), 0);

    private static byte[]? Decode(char[] text, int from)
    {
        try
        {
            return Convert.FromBase64CharArray(text, from, text.Length - from);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] Concat(string start, byte[] body)
    {
        byte[] head = Encoding.UTF8.GetBytes(start);
        byte[] all = new byte[head.Length + body.Length];
        Buffer.BlockCopy(head, 0, all, 0, head.Length);
        Buffer.BlockCopy(body, 0, all, head.Length, body.Length);
        return all;
    }

    private static byte[] Hash(byte[] key, byte[] signed)
    {
        using var hmac = new HMACSHA256(key);
        return hmac.ComputeHash(signed);
    }

    private static string Text(WebhookScheme scheme, byte[] hash) => scheme switch
    {
        WebhookScheme.HmacHex => string.Concat(hash.Select(static one => one.ToString("x2", CultureInfo.InvariantCulture))),
        WebhookScheme.HmacBase64 => Convert.ToBase64String(hash),
        _ => Version + Convert.ToBase64String(hash),
    };

    /// <summary>Compares two texts in a time that depends on their lengths only. The encoded texts are compared, because several texts decode to the same bytes.</summary>
    private static bool AreEqual(string expected, string given)
    {
        int difference = expected.Length ^ given.Length;
        for (int i = 0; i < given.Length; i++)
            difference |= expected[i % expected.Length] ^ given[i];
        return difference == 0;
    }
}
