using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Keeps Stop-PRInstance and Remove-PRInstance from changing instances that Protect-PRInstance protects. Reads the store only if it exists, and again when the last read is older than a few seconds, because a pipeline can take minutes.</summary>
internal sealed class ProtectionGuard
{
    private readonly Stopwatch _sinceRead = new();
    private IReadOnlyDictionary<string, Protection>? _known;
    private bool _hasStore;

    /// <summary>Gets or sets how long the protections that were read are used. Tests set it.</summary>
    internal static TimeSpan Fresh { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Returns the error for an instance that must not be changed; null for all others.</summary>
    /// <param name="context">The connection of the instance.</param>
    /// <param name="id">The id of the instance.</param>
    /// <param name="verb">The requested change: "stop" or "remove".</param>
    public PulseRunException? Objection(Context context, string id, string verb)
    {
        try
        {
            // A machine without a store has no protections. Reading them must not create a store.
            if (_known is null || _sinceRead.Elapsed > Fresh)
            {
                _hasStore = Stores.Exists;
                _known = _hasStore ? Stores.Current.Notes.Protections(context.UtcNow) : new Dictionary<string, Protection>();
                _sinceRead.Restart();
            }
            return _known.TryGetValue(id, out Protection? protection) ? Protected(id, verb, protection)
                : _hasStore && ProtectedTag.Protects(Stores.Current, context, id) ? Tagged(id, verb)
                : null;
        }
        catch (PulseRunException refused)
        {
            // The policy is refused, so that the instance may be protected by a tag.
            return refused;
        }
        catch (StoreUnavailableException error)
        {
            // The unreadable store may contain a protection of this instance.
            return new PulseRunException(ErrorIds.JournalUnavailable,
                "Instance " + id + " was not changed, because the protections on this machine cannot be read. Use -Force to ignore them. " + error.Message, error);
        }
    }

    private static PulseRunException Tagged(string id, string verb) => new(ErrorIds.InstanceProtected,
        "Instance " + id + " is protected by its tag, as the policy of this machine says. It was not sent a " + verb + " request. Use -Force to change it anyway.");

    private static PulseRunException Protected(string id, string verb, Protection protection) => new(ErrorIds.InstanceProtected,
        "Instance " + id + " is protected" + (string.IsNullOrEmpty(protection.Reason) ? "" : " (" + PulseRun.Core.Text.CleanText.Clean(protection.Reason!, 100) + ")")
        + (protection.Until is { } until ? " until " + until.ToString("u", CultureInfo.InvariantCulture) : "") + ". It was not sent a " + verb + " request. Use -Force to change it anyway.");
}
