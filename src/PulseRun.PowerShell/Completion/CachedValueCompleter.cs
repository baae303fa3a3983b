using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers values of a field: the documented ones, and those that instances of the account had.</summary>
internal abstract class CachedValueCompleter : CachedFleetCompleter
{
    private protected abstract CompletionField Field { get; }

    /// <summary>Returns the documented values, each with a description. Sends no request.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Documented(bool isLaunch);

    /// <summary>Returns true when the values that instances have are valid for this command.</summary>
    private protected virtual bool TakesSeen(bool isLaunch) => true;

    /// <summary>Gets a value that is true when a request to find more values is justified.</summary>
    private protected virtual bool IsWorthALook => true;

    private protected sealed override IEnumerable<(string Value, string About)> Offers(CompletionContext completion)
    {
        List<(string Value, string About)> offers = Documented(completion.IsLaunch).ToList();
        if (!TakesSeen(completion.IsLaunch) || completion.FindContext() is not { } context)
            return offers;
        CompletionCache fleet = IsWorthALook ? Look(context, completion.Budget) : Connection.Of(context).Seen;
        var known = new HashSet<string>(offers.Select(static offer => offer.Value), StringComparer.OrdinalIgnoreCase);
        offers.AddRange(fleet.Values(Field)
            // A filter parameter would read such a value as a pattern and match others too.
            .Where(value => known.Add(value) && (completion.IsLaunch || !WildcardPattern.ContainsWildcardCharacters(value)))
            .Select(static value => (value, value)));
        return offers;
    }
}
