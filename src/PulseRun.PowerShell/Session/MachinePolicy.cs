using System;
using System.IO;
using System.Runtime.InteropServices;
using PulseRun.Core.Notes;
using PulseRun.Core.Policy;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Reads the policy of this machine. It is read for each command, because an administrator may change it while a session is open.</summary>
internal static class MachinePolicy
{
    /// <summary>Gets the place on this machine. No environment variable has an influence on it: the folder of Windows comes from the system, not from %ProgramData%.</summary>
    internal static PolicyPlace OfThisMachine { get; } = new(RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData, Environment.SpecialFolderOption.DoNotVerify), "PulseRun", "policy.json")
        : "/etc/pulserun/policy.json");

    /// <summary>Gets or sets the place of the file. Only tests of this process set it: no parameter, variable or setting of a user has an influence on it.</summary>
    internal static PolicyPlace Place { get; set; } = OfThisMachine;

    /// <summary>Returns the policy; null when this machine has none. Then no library is loaded for it.</summary>
    /// <exception cref="PulseRunException">PolicyViolation: the file is refused. What it could forbid must not be done.</exception>
    public static Policy? Read() => MayExist ? Libraries.ReadPolicy(Place) : null;

    /// <summary>True when there may be a file. A folder that this user may not look into counts, because a policy that cannot be read is not ignored.</summary>
    private static bool MayExist => Directory.Exists(Place.Folder) || File.Exists(Place.Folder);

    /// <summary>Throws when the policy does not allow a change of a note.</summary>
    public static void CheckNote(InstanceNote before, NoteChange change, DateTimeOffset since)
    {
        if (Read() is { } policy && PolicyRules.Change(policy, before, before.With(change), since) is { } violation)
            throw violation;
    }

    /// <summary>Throws when the policy of this machine does not allow an idle time.</summary>
    public static void CheckIdleFor(TimeSpan idleFor) => CheckIdleFor(Read(), idleFor);

    /// <summary>Throws when a policy that was read before does not allow an idle time; null is no policy.</summary>
    public static void CheckIdleFor(Policy? policy, TimeSpan idleFor)
    {
        if (policy is not null && PolicyRules.IdleFor(policy, idleFor) is { } violation)
            throw violation;
    }
}
