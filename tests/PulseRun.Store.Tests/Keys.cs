using System.Net;
using System.Security;

namespace PulseRun.Store.Tests;

internal static class Keys
{
    public static SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;

    public static string Plain(SecureString key) => new NetworkCredential("", key).Password;
}
