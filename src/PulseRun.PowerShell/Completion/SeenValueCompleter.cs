using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers values of a field: the documented ones, and those seen so far.</summary>
internal abstract class SeenValueCompleter : FleetCompleter
{
    private protected abstract SeenField Field { get; }

    /// <summary>The values that need no server, each with a line about it.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Documented(bool isLaunch);

    /// <summary>Whether what instances say is a value for this command.</summary>
    private protected virtual bool TakesSeen(bool isLaunch) => true;

    /// <summary>Whether it is worth a request to see more.</summary>
    private protected virtual bool IsWorthALook => true;

    private protected sealed override IEnumerable<(string Value, string About)> Offers(CompletionScene scene)
    {
        List<(string Value, string About)> offers = Documented(scene.IsLaunch).ToList();
        if (!TakesSeen(scene.IsLaunch) || scene.FindContext() is not { } context)
            return offers;
        SeenFleet fleet = IsWorthALook ? Look(context, scene.Patience) : context.Seen;
        var known = new HashSet<string>(offers.Select(static offer => offer.Value), StringComparer.OrdinalIgnoreCase);
        offers.AddRange(fleet.Values(Field)
            // A filter would read it as a pattern, and let pass more than this value.
            .Where(value => known.Add(value) && (scene.IsLaunch || !WildcardPattern.ContainsWildcardCharacters(value)))
            .Select(static value => (value, value)));
        return offers;
    }
}
