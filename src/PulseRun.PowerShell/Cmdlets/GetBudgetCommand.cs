using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Budgets;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the budgets, and what is spent and committed of each limit. Sends one list; none when there is no budget.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Budget)]
[OutputType(typeof(Budget))]
public sealed class GetBudgetCommand : ConnectedCmdlet
{
    /// <summary>Only the budget of exactly these tags, for example <c>@{ team = 'nlp' }</c>; <c>@{}</c> for the budget of all instances. Default: all budgets.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    public IDictionary? Tag { get; set; }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        Context context = CurrentContext();
        string? key = Tag is null ? null : BudgetRule.KeyOf(TagInput.Read(Tag));
        if (!Stores.Exists)
            return;
        Runner.RunToEnd(
            async cancel =>
            {
                try
                {
                    var store = Stores.Current;
                    List<BudgetRule> rules = store.Budgets.All(context.Service).Where(rule => key is null || BudgetRule.KeyOf(rule.Tags) == key).ToList();
                    if (rules.Count == 0)
                        return;
                    var view = await new BudgetReader(context, Runner.Observer).ReadAsync(store, cancel).ConfigureAwait(false);
                    List<BudgetItem> items = view.With(store.Launches.Billed(view.Service), Guid.Empty).ToList();
                    Runner.PostRows(rules.SelectMany(rule => BudgetMeter.Measure(rule, items, view.Now, view.Zone)).ToList());
                }
                catch (StoreUnavailableException error)
                {
                    throw new PulseRunException(ErrorIds.JournalUnavailable, "The budgets cannot be read. " + error.Message);
                }
            },
            context.BaseUri);
    }
}
