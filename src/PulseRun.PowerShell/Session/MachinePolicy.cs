using PulseRun.Core.Notes;
using PulseRun.Core.Policy;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Reads the policy of this machine. It is read for each command, because an administrator may change it while a session is open.</summary>
internal static class MachinePolicy
{
    /// <summary>Gets or sets the place of the file. Only tests of this process set it: no parameter, variable or setting of a user has an influence on it.</summary>
    internal static PolicyPlace Place { get; set; } = PolicyPlace.OfThisMachine;

    /// <summary>Returns the policy; null when this machine has none. Then no library is loaded for it.</summary>
    /// <exception cref="PulseRunException">PolicyViolation: the file is refused. What it could forbid must not be done.</exception>
    public static Policy? Read() => Place.MayExist ? Libraries.ReadPolicy(Place) : null;

    /// <summary>Throws when the policy does not allow a change of a note.</summary>
    public static void CheckNote(InstanceNote before, NoteChange change, System.DateTimeOffset since)
    {
        if (Read() is { } policy && PolicyRules.Change(policy, before, before.With(change), since) is { } violation)
            throw violation;
    }

    /// <summary>Throws when the policy does not allow an idle time.</summary>
    public static void CheckIdleFor(System.TimeSpan idleFor)
    {
        if (Read() is { } policy && PolicyRules.IdleFor(policy, idleFor) is { } violation)
            throw violation;
    }
}
