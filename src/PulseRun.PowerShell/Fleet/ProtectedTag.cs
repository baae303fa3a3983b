using PulseRun.Core.Policy;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the instances that the policy of this machine protects by a tag.</summary>
internal static class ProtectedTag
{
    /// <summary>Returns true when the note of an instance has the tag.</summary>
    /// <exception cref="PulseRunException">PolicyViolation: the policy is refused, so that the instance may be protected.</exception>
    public static bool Protects(IStore store, Context context, string id) =>
        MachinePolicy.Read() is { ProtectedTag: not null } policy && store.Notes.Get(context.Service, id) is { } note && PolicyRules.Protects(policy, note.Tags);
}
