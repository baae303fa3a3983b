using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the ids of instances that the command is of use for, each with its state, GPU, price and age.</summary>
internal class InstanceIdCompleter : FleetCompleter
{
    private const string History = "History";

    private protected override IEnumerable<(string Value, string About)> Offers(CompletionScene scene)
    {
        // By position an id is taken for an object first. Named, an object it must be.
        bool isObject = scene.Parameter == nameof(InstanceInput.InputObject) && scene.Names(scene.Parameter);
        if (isObject || scene.FindContext() is not { } context)
            return [];
        InstanceChoice choice = scene.Has(History) ? InstanceChoice.Any : InstanceChoices.For(scene.Command);
        IReadOnlyDictionary<string, Protection>? held = choice == InstanceChoice.Protected ? Held(context, scene.Patience) : null;
        // What is protected is known without asking the server.
        IReadOnlyList<SeenInstance> fleet = (held is null ? Look(context, scene.Patience) : context.Seen).Instances;
        DateTimeOffset now = context.UtcNow;
        HashSet<string> others = scene.OtherWords();
        IEnumerable<(string Value, string About)> offers = held is null
            ? fleet.Where(one => choice.Applies(one.Status)).Select(one => (one.Id, one.Describe(now)))
            : held.Values.Select(one => (one.Id, About(one, fleet, now)));
        // A name that a wildcard of ours would read as a pattern stands for more than itself.
        return offers.Where(offer => !others.Contains(offer.Value) && !WildcardPattern.ContainsWildcardCharacters(offer.Value));
    }

    /// <summary>The protections, when the store is open anyway: a Tab makes no file, and loads no SQLite. Null for unknown.</summary>
    private static IReadOnlyDictionary<string, Protection>? Held(Context context, Patience patience) =>
        Stores.Opened is { } store ? patience.Get(() => store.Protections.Get(context.UtcNow)) : null;

    private static string About(Protection held, IReadOnlyList<SeenInstance> fleet, DateTimeOffset now)
    {
        string what = "protected" + (string.IsNullOrEmpty(held.Reason) ? "" : ": " + held.Reason);
        return fleet.FirstOrDefault(one => one.Id == held.Id) is { } seen ? seen.Describe(now) + ", " + what : what;
    }
}
