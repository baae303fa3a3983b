using System.Collections.Generic;
using System.Globalization;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Holds Stop and Remove back from instances that Protect-PRInstance protects. Reads the store once, and only where there is one.</summary>
internal sealed class ProtectionGuard
{
    private IReadOnlyDictionary<string, Protection>? _known;

    /// <summary>Returns the error for an instance that must be left alone; null for all others.</summary>
    /// <param name="context">The instance's connection.</param>
    /// <param name="id">The instance.</param>
    /// <param name="verb">What was asked for: "stop", "remove".</param>
    public PulseRunException? Objection(Context context, string id, string verb)
    {
        try
        {
            // A machine without a store has no protections, and must not get a store by this.
            _known ??= Stores.Exists ? Stores.Current.Protections.Get(context.UtcNow) : new Dictionary<string, Protection>();
            return _known.TryGetValue(id, out Protection? protection) ? Protected(id, verb, protection) : null;
        }
        catch (StoreUnavailableException error)
        {
            // What cannot be read may protect it.
            return new PulseRunException(ErrorIds.JournalUnavailable,
                "Instance " + id + " was not changed: the protections on this machine cannot be read. -Force does it without them. " + error.Message, error);
        }
    }

    private static PulseRunException Protected(string id, string verb, Protection protection) => new(ErrorIds.InstanceProtected,
        "Instance " + id + " is protected" + (string.IsNullOrEmpty(protection.Reason) ? "" : " (" + PulseRun.Core.Text.CleanText.Clean(protection.Reason!, 100) + ")")
        + (protection.Until is { } until ? " until " + until.ToString("u", CultureInfo.InvariantCulture) : "") + ", and was not sent a " + verb + ".");
}
