using System;
using System.Collections.Generic;
using System.IO;
using System.Security.AccessControl;
using System.Security.Principal;

namespace PulseRun.Store.Files;

/// <summary>Reads who may use a file on Windows.</summary>
internal static class WindowsAccess
{
    /// <summary>The system and the administrators can take any file; SELF, OWNER RIGHTS and CREATOR OWNER stand for the owner.</summary>
    private static readonly string[] s_trusted = ["S-1-5-18", "S-1-5-32-544", "S-1-5-10", "S-1-3-4", "S-1-3-0"];

    /// <summary>Reading and writing data, attributes that hold data, the list of permissions and the owner; generic rights too.</summary>
    private const int Telling = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x10000 | 0x40000 | 0x80000;
    private const uint Generic = 0xF0000000;

    /// <summary>Returns true when another user owns an open file, or may read or change it.</summary>
    public static bool OthersMay(FileStream file)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            return false;
#endif
        FileSecurity security = file.GetAccessControl();
        using WindowsIdentity self = WindowsIdentity.GetCurrent();
        if (self.User?.Value is not { } user)
            return true;
        string owner = security.GetOwner(typeof(SecurityIdentifier))?.Value ?? "";
        var grants = new List<KeyValuePair<string, int>>();
        foreach (FileSystemAccessRule rule in security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)))
        {
            if (rule.AccessControlType == AccessControlType.Allow)
                grants.Add(new(rule.IdentityReference.Value, (int)rule.FileSystemRights));
        }
        return OthersMay(user, owner, grants);
    }

    /// <summary>The decision: the owner is this user or a trusted one, and no grant of anything that tells or changes content goes to anybody else.</summary>
    /// <param name="user">This user's SID.</param>
    /// <param name="owner">The owner's SID.</param>
    /// <param name="grants">The SID and the access mask of each entry that allows something.</param>
    internal static bool OthersMay(string user, string owner, IReadOnlyList<KeyValuePair<string, int>> grants)
    {
        if (!IsTrusted(user, owner))
            return true;
        foreach (KeyValuePair<string, int> grant in grants)
        {
            if (!IsTrusted(user, grant.Key) && ((grant.Value & Telling) != 0 || ((uint)grant.Value & Generic) != 0))
                return true;
        }
        return false;
    }

    private static bool IsTrusted(string user, string sid) => sid == user || Array.IndexOf(s_trusted, sid) >= 0;
}
