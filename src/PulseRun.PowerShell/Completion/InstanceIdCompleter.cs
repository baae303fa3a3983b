using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the ids of instances that the command can be applied to, each with its state, GPU, price and age.</summary>
internal class InstanceIdCompleter : CachedFleetCompleter
{
    private const string History = "History";

    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion)
    {
        // A positional word is offered to -InputObject first and may be an id; after a written -InputObject only an object is valid.
        bool isObject = completion.Parameter == nameof(InstanceInput.InputObject) && completion.Names(completion.Parameter);
        if (isObject || completion.FindContext() is not { } context)
            return [];
        CompletionFilter choice = completion.Has(History) ? CompletionFilter.Any : CompletionFilters.For(completion.Command);
        IReadOnlyDictionary<string, Protection>? held = choice == CompletionFilter.Protected ? Held(context, completion.Budget) : null;
        // The protected instances are known without asking the server.
        IReadOnlyList<CompletionInstance> fleet = (held is null ? Look(context, completion.Budget) : Connection.Of(context).Seen).Instances;
        DateTimeOffset now = context.UtcNow;
        HashSet<string> others = completion.OtherWords();
        IEnumerable<(string Value, string About)> offers = held is null
            ? fleet.Where(one => choice.Applies(one.Status)).Select(one => (one.Id, one.Describe(now)))
            : held.Values.Select(one => (one.Id, About(one, fleet, now)));
        // An id with wildcard characters would be read as a pattern and could match other instances.
        return offers.Where(offer => !others.Contains(offer.Value) && !WildcardPattern.ContainsWildcardCharacters(offer.Value));
    }

    /// <summary>Returns the protections if this process has opened the store already; null otherwise. Completion must create no file and load no SQLite.</summary>
    private static IReadOnlyDictionary<string, Protection>? Held(Context context, TimeBudget budget) =>
        Stores.Opened is { } store ? budget.Get(() => store.Notes.Protections(context.UtcNow)) : null;

    private static string About(Protection held, IReadOnlyList<CompletionInstance> fleet, DateTimeOffset now)
    {
        string what = "protected" + (string.IsNullOrEmpty(held.Reason) ? "" : ": " + held.Reason);
        return fleet.FirstOrDefault(one => one.Id == held.Id) is { } seen ? seen.Describe(now) + ", " + what : what;
    }
}
