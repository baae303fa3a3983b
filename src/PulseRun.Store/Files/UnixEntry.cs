using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PulseRun.Store.Files;

/// <summary>The owner, the kind and the mode of a file on Linux or macOS. .NET tells the mode, but neither the owner nor the kind.</summary>
/// <param name="Owner">The number of the user it belongs to.</param>
/// <param name="Mode">Kind and permissions, as stat(2) gives them.</param>
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

    /// <summary>The user this process works as.</summary>
    public static uint User => geteuid();

    /// <summary>Returns what is at a path; null when nothing is there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">True to look at what a link leads to; false to look at the link.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static UnixEntry? At(string path, bool follow)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        return RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? Mac.At(name, path, follow) : Linux.At(name, path, follow);
    }

    /// <summary>Returns what an open file is, whatever its name means by now.</summary>
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
        return error is NotThere or NotAFolder ? null : throw new IOException("'" + path + "' cannot be looked at: " + new Win32Exception(error).Message);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    /// <summary>statx(2), whose record looks alike on every architecture; glibc has it since 2.28, musl since 1.2.</summary>
    private static class Linux
    {
        private const int Here = -100, NoFollow = 0x100, EmptyPath = 0x1000;
        private const uint Wanted = 0xB;
        private const int OwnerAt = 20, ModeAt = 28;

        public static UnixEntry? At(byte[] name, string path, bool follow)
        {
            byte[] record = new byte[256];
            int code = statx(Here, name, follow ? 0 : NoFollow, Wanted, record);
            // An old container runtime forbids the call that an old kernel does not have; .NET then tells the mode at least.
            return code != 0 && Marshal.GetLastWin32Error() is NotPermitted or NotImplemented ? Known(path) : Result(code, path, () => Read(record));
        }

        private static UnixEntry? Known(string path)
        {
#if NET
#pragma warning disable CA1416 // Only reached on Linux.
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

    /// <summary>stat(2) with 64-bit inode numbers, which is its only form on ARM and has a name of its own on Intel.</summary>
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
