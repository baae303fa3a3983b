using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers values of a field: the documented ones, and those seen so far.</summary>
internal abstract class CachedValueCompleter : CachedFleetCompleter
{
    private protected abstract CompletionField Field { get; }

    /// <summary>The values that need no server, each with a line about it.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Documented(bool isLaunch);

    /// <summary>Whether what instances say is a value for this command.</summary>
    private protected virtual bool TakesSeen(bool isLaunch) => true;

    /// <summary>Whether it is worth a request to see more.</summary>
    private protected virtual bool IsWorthALook => true;

    private protected sealed override IEnumerable<(string Value, string About)> Offers(CompletionContext completion)
    {
        List<(string Value, string About)> offers = Documented(completion.IsLaunch).ToList();
        if (!TakesSeen(completion.IsLaunch) || completion.FindContext() is not { } context)
            return offers;
        CompletionCache fleet = IsWorthALook ? Look(context, completion.Budget) : Connection.Of(context).Seen;
        var known = new HashSet<string>(offers.Select(static offer => offer.Value), StringComparer.OrdinalIgnoreCase);
        offers.AddRange(fleet.Values(Field)
            // A filter would read it as a pattern, and let pass more than this value.
            .Where(value => known.Add(value) && (completion.IsLaunch || !WildcardPattern.ContainsWildcardCharacters(value)))
            .Select(static value => (value, value)));
        return offers;
    }
}
