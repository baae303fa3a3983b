using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PulseRun.Contracts;
using PulseRun.Rules;

namespace PulseRun.Store.Profiles;

/// <summary>A key on its way into the file and out of it. On Windows only its user can undo the protection; elsewhere the file's mode is the protection.</summary>
internal static class KeyProtection
{
    private const string Dpapi = "dpapi", FileMode = "file-mode";

    public static (byte[] Bytes, string Protection) Protect(SecureString key)
    {
        byte[] plain = ToUtf8(key);
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return (plain, FileMode);
        try
        {
            return (ProtectedData.Protect(plain, null, DataProtectionScope.CurrentUser), Dpapi);
        }
        finally
        {
            Array.Clear(plain, 0, plain.Length);
        }
    }

    public static SecureString Unprotect(byte[] bytes, string protection)
    {
        if (protection == FileMode)
            return FromUtf8(bytes);
        if (protection != Dpapi || !RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The profile's key is protected by '" + Text.Clean(protection, 40) + "', which cannot be undone here. Save the profile again.");
        byte[] plain = [];
        try
        {
            plain = ProtectedData.Unprotect(bytes, null, DataProtectionScope.CurrentUser);
            return FromUtf8(plain);
        }
        catch (CryptographicException e)
        {
            throw new StoreUnavailableException(StoreFailure.Corrupt, "The profile's key was saved by another user or on another machine. Save the profile again.", e);
        }
        finally
        {
            Array.Clear(plain, 0, plain.Length);
        }
    }

    private static byte[] ToUtf8(SecureString key) => SecretText.Use(key, static plain => Encoding.UTF8.GetBytes(plain));

    private static SecureString FromUtf8(byte[] bytes)
    {
        char[] chars = Encoding.UTF8.GetChars(bytes);
        SecureString key = SecretText.Of(chars);
        Array.Clear(chars, 0, chars.Length);
        return key;
    }
}
