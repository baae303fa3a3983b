using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PulseRun.Store.Files;

/// <summary>Holds the owner, the kind and the mode of a file on Linux or macOS. .NET has an API for the mode, but none for the owner and the kind.</summary>
/// <param name="Owner">The id of the user who owns the file.</param>
/// <param name="Mode">The kind and the permissions, as st_mode of stat(2).</param>
internal readonly record struct UnixEntry(uint Owner, uint Mode)
{
    private const uint KindMask = 0xF000, Folder = 0x4000, Regular = 0x8000, Link = 0xA000;
    private const uint GroupOrOthersWrite = 0x12, GroupOrOthers = 0x3F;
    private const int NotThere = 2, NotAFolder = 20, NotPermitted = 1, NotImplemented = 38;

    public bool IsFolder => (Mode & KindMask) == Folder;

    public bool IsRegular => (Mode & KindMask) == Regular;

    public bool IsLink => (Mode & KindMask) == Link;

    public bool OthersMayWrite => (Mode & GroupOrOthersWrite) != 0;

    public bool OthersMayUse => (Mode & GroupOrOthers) != 0;

    /// <summary>Gets the effective user id of this process.</summary>
    public static uint User => geteuid();

    /// <summary>Returns the entry at a path; null when nothing exists there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">True to return the target of a link; false to return the link itself.</param>
    /// <exception cref="IOException">The entry cannot be read.</exception>
    public static UnixEntry? At(string path, bool follow)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        return RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? Mac.At(name, path, follow) : Linux.At(name, path, follow);
    }

    /// <summary>Returns the entry of an open file, even if its name has been given to another file since.</summary>
    public static UnixEntry Of(SafeFileHandle file)
    {
        int descriptor = file.DangerousGetHandle().ToInt32();
        return RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? Mac.Of(descriptor) : Linux.Of(descriptor);
    }

    private static UnixEntry? Result(int code, string path, Func<UnixEntry> read)
    {
        if (code == 0)
            return read();
        int error = Marshal.GetLastWin32Error();
        return error is NotThere or NotAFolder ? null : throw new IOException("'" + path + "' cannot be read: " + new Win32Exception(error).Message);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    /// <summary>Calls statx(2), whose record has the same layout on every architecture. It requires glibc 2.28 or musl 1.2.</summary>
    private static class Linux
    {
        private const int Here = -100, NoFollow = 0x100, EmptyPath = 0x1000;
        private const uint Wanted = 0xB;
        private const int OwnerAt = 20, ModeAt = 28;

        public static UnixEntry? At(byte[] name, string path, bool follow)
        {
            byte[] record = new byte[256];
            int code = statx(Here, name, follow ? 0 : NoFollow, Wanted, record);
            // An old container runtime forbids statx, and an old kernel lacks it. .NET then still provides the mode.
            return code != 0 && Marshal.GetLastWin32Error() is NotPermitted or NotImplemented ? Known(path) : Result(code, path, () => Read(record));
        }

        private static UnixEntry? Known(string path)
        {
#if NET
#pragma warning disable CA1416 // This code runs on Linux only.
            var file = new FileInfo(path);
            bool isFolder = Directory.Exists(path);
            return isFolder || file.Exists ? new UnixEntry(User, (uint)File.GetUnixFileMode(path) | (isFolder ? Folder : Regular)) : null;
#pragma warning restore CA1416
#else
            return File.Exists(path) ? new UnixEntry(User, Regular) : Directory.Exists(path) ? new UnixEntry(User, Folder) : null;
#endif
        }

        public static UnixEntry Of(int descriptor)
        {
            byte[] record = new byte[256];
            return Result(statx(descriptor, [0], EmptyPath, Wanted, record), "the file", () => Read(record))!.Value;
        }

        private static UnixEntry Read(byte[] record) => new(BitConverter.ToUInt32(record, OwnerAt), BitConverter.ToUInt16(record, ModeAt));

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int statx(int directory, byte[] path, int flags, uint mask, byte[] record);
    }

    /// <summary>Calls stat(2) with 64-bit inode numbers. That is its only form on ARM; on Intel it has a separate name.</summary>
    private static class Mac
    {
        private const int OwnerAt = 16, ModeAt = 4;

        private static readonly bool s_isIntel = RuntimeInformation.ProcessArchitecture == Architecture.X64;

        public static UnixEntry? At(byte[] name, string path, bool follow)
        {
            byte[] record = new byte[256];
            int code = (s_isIntel, follow) switch
            {
                (true, true) => IntelStat(name, record),
                (true, false) => IntelLstat(name, record),
                (false, true) => stat(name, record),
                (false, false) => lstat(name, record),
            };
            return Result(code, path, () => Read(record));
        }

        public static UnixEntry Of(int descriptor)
        {
            byte[] record = new byte[256];
            return Result(s_isIntel ? IntelFstat(descriptor, record) : fstat(descriptor, record), "the file", () => Read(record))!.Value;
        }

        private static UnixEntry Read(byte[] record) => new(BitConverter.ToUInt32(record, OwnerAt), BitConverter.ToUInt16(record, ModeAt));

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int stat(byte[] path, byte[] record);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int lstat(byte[] path, byte[] record);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int fstat(int descriptor, byte[] record);

        [DllImport("libc", SetLastError = true, EntryPoint = "stat$INODE64")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int IntelStat(byte[] path, byte[] record);

        [DllImport("libc", SetLastError = true, EntryPoint = "lstat$INODE64")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int IntelLstat(byte[] path, byte[] record);

        [DllImport("libc", SetLastError = true, EntryPoint = "fstat$INODE64")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int IntelFstat(int descriptor, byte[] record);
    }
}
