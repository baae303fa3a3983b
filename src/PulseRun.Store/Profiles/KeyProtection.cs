using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Core.Profiles;
using PulseRun.Core.Text;

namespace PulseRun.Store.Profiles;

/// <summary>
/// Protects a key on its way into the file and out of it. Windows encrypts it for its user, bound to the profile's address; on Linux the Secret Service keeps it where there is one,
/// under the address too; elsewhere the file's mode is the protection. Bound to its address, a key cannot be sent to another one by editing the file.
/// </summary>
internal static class KeyProtection
{
    public const string Dpapi = "dpapi-address", FileMode = "file-mode", SecretService = "secret-service", Command = "command";

    /// <summary>Protects the key of a profile.</summary>
    /// <returns>What goes into the file, how it is protected, and why it is in clear, if it is.</returns>
    public static (byte[] Bytes, string Protection, string? Notice) Protect(SavedProfile profile)
    {
        if (profile.Key is not { } key)
            return ([], Command, null);
        byte[] plain = SecretText.Use(key, static text => Encoding.UTF8.GetBytes(text));
        bool isKept = false;
        try
        {
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
                return (ProtectedData.Protect(plain, Entropy(profile.BaseUri), DataProtectionScope.CurrentUser), Dpapi, null);
            if (SecretTool.TryStore(profile.Name, profile.BaseUri, plain, out string reason))
                return ([], SecretService, null);
            isKept = true;
            return (plain, FileMode, reason);
        }
        finally
        {
            if (!isKept)
                Array.Clear(plain, 0, plain.Length);
        }
    }

    /// <summary>Returns the key of an entry; null for one that a command returns.</summary>
    /// <exception cref="StoreUnavailableException">The key cannot be had here.</exception>
    public static SecureString? Unprotect(ProfileEntry entry, Uri address)
    {
        switch (entry.Protection)
        {
            case Command when entry.KeyCommand is not null:
                return null;
            case FileMode:
                return FromUtf8(entry.Key);
            case SecretService:
                byte[] kept = SecretTool.Find(entry.Name, address)
                    ?? throw Lost("is not in the Secret Service for this address, or the Secret Service did not answer. Unlock it, or save the profile again.");
                try
                {
                    return FromUtf8(kept);
                }
                finally
                {
                    Array.Clear(kept, 0, kept.Length);
                }
            default:
                if (entry.Protection == Dpapi && RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
                    return FromDpapi(entry.Key, address);
                throw Lost("is protected by '" + CleanText.Clean(entry.Protection, 40) + "', which cannot be undone here. Save the profile again.");
        }
    }

    /// <summary>Forgets a key that is kept outside the file.</summary>
    public static void Forget(ProfileEntry entry)
    {
        if (entry.Protection == SecretService && Uri.TryCreate(entry.BaseUri, UriKind.Absolute, out Uri? address))
            SecretTool.Forget(entry.Name, address);
    }

#if NET
    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
#endif
    private static SecureString FromDpapi(byte[] bytes, Uri address)
    {
        byte[] plain = [];
        try
        {
            plain = ProtectedData.Unprotect(bytes, Entropy(address), DataProtectionScope.CurrentUser);
            return FromUtf8(plain);
        }
        catch (CryptographicException)
        {
            throw Lost("was saved by another user, on another machine or for another address. Save the profile again.");
        }
        finally
        {
            Array.Clear(plain, 0, plain.Length);
        }
    }

    /// <summary>Decryption asks for the same bytes again: with another address in the file, it fails.</summary>
    private static byte[] Entropy(Uri address) => Encoding.UTF8.GetBytes("PulseRun\n" + address.AbsoluteUri);

    private static StoreUnavailableException Lost(string why) => new(StoreFailure.Corrupt, "The profile's key " + why);

    private static SecureString FromUtf8(byte[] bytes)
    {
        char[] chars = Encoding.UTF8.GetChars(bytes);
        SecureString key = SecretText.Of(chars);
        Array.Clear(chars, 0, chars.Length);
        return key;
    }
}
