using System;
using System.IO;
using System.Runtime.InteropServices;

namespace PulseRun.Core.Policy;

/// <summary>Represents the place of a policy file.</summary>
/// <param name="Path">The full path of the file.</param>
internal sealed record PolicyPlace(string Path)
{
    /// <summary>Gets the place on this machine. No environment variable has an influence on it: the folder of Windows comes from the system, not from %ProgramData%.</summary>
    public static PolicyPlace OfThisMachine { get; } = new(RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData, Environment.SpecialFolderOption.DoNotVerify), "PulseRun", "policy.json")
        : "/etc/pulserun/policy.json");

    /// <summary>Gets the folder of the file.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Gets the user id that may own the file besides root; null for root alone. Only tests set it, because they do not all run as root.</summary>
    public uint? TrustedOwner { get; init; }

    /// <summary>True when there may be a file. A folder that this user may not look into counts, because a policy that cannot be read is not ignored.</summary>
    public bool MayExist => Directory.Exists(Folder) || File.Exists(Folder);
}
