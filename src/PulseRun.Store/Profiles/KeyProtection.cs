using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Core.Profiles;
using PulseRun.Core.Text;

namespace PulseRun.Store.Profiles;

/// <summary>
/// Protects the keys of profiles. Windows encrypts a key for the user, bound to the profile's address. On Linux the Secret Service stores it if there is one,
/// also under the address. Elsewhere the file's mode is the protection. A key that is bound to its address cannot be sent to another address by editing the file.
/// </summary>
internal static class KeyProtection
{
    public const string Dpapi = "dpapi-address", FileMode = "file-mode", SecretService = "secret-service", Command = "command";

    /// <summary>Protects the key of a profile.</summary>
    /// <returns>The bytes for the file, the name of the protection, and the reason why the key is unencrypted; null when it is not.</returns>
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
    /// <exception cref="StoreUnavailableException">The key cannot be read on this machine or by this user.</exception>
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
                    ?? throw Lost("was not found in the Secret Service for this address, or the Secret Service did not respond. Unlock the keyring, or save the profile again.");
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
                throw Lost("is protected by '" + CleanText.Clean(entry.Protection, 40) + "', which this platform does not support. Save the profile again.");
        }
    }

    /// <summary>Deletes a key that is stored outside the file.</summary>
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

    /// <summary>Returns the additional entropy. Decryption needs the same bytes, so it fails when the address in the file was changed.</summary>
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
