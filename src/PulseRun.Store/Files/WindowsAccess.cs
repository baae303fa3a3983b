using System;
using System.Collections.Generic;
using System.IO;
using System.Security.AccessControl;
using System.Security.Principal;

namespace PulseRun.Store.Files;

/// <summary>Sets and checks the permissions of files on Windows.</summary>
internal static class WindowsAccess
{
    /// <summary>The SIDs that are always accepted. SYSTEM and Administrators can access any file anyway; SELF, OWNER RIGHTS and CREATOR OWNER denote the owner.</summary>
    private static readonly string[] s_trusted = [LocalSystem, Administrators, "S-1-5-10", "S-1-3-4", "S-1-3-0"];

    private const string LocalSystem = "S-1-5-18";
    private const string Administrators = "S-1-5-32-544";
    private const string OwnerRights = "S-1-3-4";
    private const string CreatorOwner = "S-1-3-0";
    private const string TrustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
    private const int BufferSize = 4096;

    /// <summary>The access rights that reveal or change content: read and write data, append, read and write extended attributes, delete, write the permissions and the owner.</summary>
    private const int Telling = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x10000 | 0x40000 | 0x80000;
    private const uint Generic = 0xF0000000;

    /// <summary>The access rights that change content or permissions: write data (create files in a folder), append (create folders), write extended attributes, delete children, delete, write the permissions and the owner; generic all and generic write.</summary>
    private const int Changing = 0x2 | 0x4 | 0x10 | 0x40 | 0x10000 | 0x40000 | 0x80000;
    private const uint GenericChanging = 0x50000000;

    /// <summary>
    /// Opens a file for reading and writing. A new one is accessible to this user, SYSTEM and Administrators only, and inherits nothing:
    /// a data folder outside the user's own folders may pass on permissions of all users, and then the profiles would be refused.
    /// </summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
#endif
        var security = new FileSecurity();
        Restrict(security, InheritanceFlags.None);
        const FileSystemRights rights = FileSystemRights.Read | FileSystemRights.Write;
#if NET
        return new FileInfo(path).Create(mode, rights, share, BufferSize, FileOptions.None, security);
#else
        return new FileStream(path, mode, rights, share, BufferSize, FileOptions.None, security);
#endif
    }

    /// <summary>Creates a folder, and its missing parents, with the permissions of <see cref="Open"/>; its files inherit them. An existing folder is not changed.</summary>
    public static void CreateDirectory(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
#endif
        if (Directory.Exists(path))
            return;
        var security = new DirectorySecurity();
        Restrict(security, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit);
#if NET
        security.CreateDirectory(path);
#else
        Directory.CreateDirectory(path, security);
#endif
    }

    /// <summary>Returns true when another user owns an open file, or can read or change it.</summary>
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

    /// <summary>Returns true unless the owner is this user or a trusted SID, and no other SID has a right that reveals or changes content.</summary>
    /// <param name="user">The SID of this user.</param>
    /// <param name="owner">The SID of the owner.</param>
    /// <param name="grants">The SID and the access mask of each allow entry.</param>
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

    /// <summary>Returns true when others than administrators and the system own a file or folder of this machine, or can change it.</summary>
    /// <param name="path">The path of an existing file or folder.</param>
    /// <param name="isFolder">True for a folder.</param>
    public static bool OthersMayWrite(string path, bool isFolder)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            return false;
#endif
        FileSystemSecurity security = isFolder ? new DirectoryInfo(path).GetAccessControl() : new FileInfo(path).GetAccessControl();
        string owner = security.GetOwner(typeof(SecurityIdentifier))?.Value ?? "";
        var grants = new List<KeyValuePair<string, int>>();
        foreach (FileSystemAccessRule rule in security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)))
        {
            // An entry that is only inherited does not hold for the folder itself; each file is checked by its own entries.
            if (rule.AccessControlType == AccessControlType.Allow && (rule.PropagationFlags & PropagationFlags.InheritOnly) == 0)
                grants.Add(new(rule.IdentityReference.Value, (int)rule.FileSystemRights));
        }
        return OthersMayWrite(owner, grants);
    }

    /// <summary>Returns true unless the owner is an administrator or the system, and no other SID has a right that changes content or permissions.</summary>
    /// <param name="owner">The SID of the owner.</param>
    /// <param name="grants">The SID and the access mask of each allow entry.</param>
    internal static bool OthersMayWrite(string owner, IReadOnlyList<KeyValuePair<string, int>> grants)
    {
        if (!IsAdministrative(owner))
            return true;
        foreach (KeyValuePair<string, int> grant in grants)
        {
            // OWNER RIGHTS and CREATOR OWNER are the owner, who is an administrator.
            if (!IsAdministrative(grant.Key) && grant.Key is not (OwnerRights or CreatorOwner) && ((grant.Value & Changing) != 0 || ((uint)grant.Value & GenericChanging) != 0))
                return true;
        }
        return false;
    }

    private static bool IsAdministrative(string sid) => sid is LocalSystem or Administrators or TrustedInstaller;

    private static void Restrict(FileSystemSecurity security, InheritanceFlags inheritance)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            return;
#endif
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        using WindowsIdentity self = WindowsIdentity.GetCurrent();
        foreach (string? sid in new[] { self.User?.Value, LocalSystem, Administrators })
        {
            if (sid is not null)
                security.AddAccessRule(new FileSystemAccessRule(new SecurityIdentifier(sid), FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
        }
    }

    private static bool IsTrusted(string user, string sid) => sid == user || Array.IndexOf(s_trusted, sid) >= 0;
}
