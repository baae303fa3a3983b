using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads what the budgets of the launches of one command are checked with. The check itself is in the transaction that records the launch, so that several processes cannot exceed a budget together.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
internal sealed class LaunchBudgets(ConnectedCmdlet cmdlet)
{
    /// <summary>How long one list serves the launches of a command. Launches that follow it are in the journal.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _age = new();
    private BudgetView? _view;

    /// <summary>Returns what the launches are checked with; null when no budget covers them. Sends one list a minute when one does. Warns about a budget that only warns; with -WhatIf, throws where the launch would be refused.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="request">The request of the launches.</param>
    /// <param name="maxHourlyCost">The most that one may cost; null for no limit.</param>
    /// <param name="notes">The note of each launch. They have the same tags and the same lifetime.</param>
    /// <exception cref="PulseRunException">BudgetExceeded: the launches would be refused.</exception>
    public BudgetView? View(Context context, LaunchRequest request, decimal? maxHourlyCost, IReadOnlyList<LaunchNote?> notes)
    {
        try
        {
            // A machine without a store has no budgets, and reading them must not create one.
            if (!Stores.Exists)
                return null;
            IStore store = Stores.Current;
            IReadOnlyDictionary<string, string> tags = notes[0]?.Tags ?? InstanceNote.NoTags;
            List<BudgetRule> rules = store.Budgets.All(context.Service).Where(rule => rule.Covers(tags)).ToList();
            if (rules.Count == 0)
                return null;
            if (notes[0] is null && rules.Exists(static rule => rule.AtLimit != BudgetLimitAction.Warn))
                throw new PulseRunException(ErrorIds.BudgetExceeded, "Nothing was launched: -NoJournal reserves nothing, and a budget covers the launch.");
            BudgetView view = Fresh(context, store);
            decimal? price = store.Launches.EstimatePrice(context.Account, request) ?? maxHourlyCost;
            var launches = new BudgetItem { Tags = tags, IsBilled = true, Price = price * notes.Count, ExpiresAt = view.Now + notes[0]?.Lifetime };
            List<BudgetItem> items = view.With(store.Launches.Billed(view.Service), Guid.Empty).ToList();
            if (BudgetCheck.Refuse(rules.Where(static rule => rule.AtLimit == BudgetLimitAction.Warn), items, launches, view) is { } over)
                cmdlet.WriteWarning(over.Message);
            if (cmdlet.Prompt.IsWhatIf && BudgetCheck.Refuse(rules.Where(static rule => rule.AtLimit != BudgetLimitAction.Warn), items, launches, view) is { } refusal)
                throw refusal;
            return view;
        }
        catch (StoreUnavailableException) when (notes[0] is null && !Stores.IsTeam)
        {
            // -NoJournal is for a machine whose store cannot be used. Its budgets are not known.
            return null;
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was launched, as the budgets cannot be read. " + error.Message) { Advice = error.Advice };
        }
    }

    private BudgetView Fresh(Context context, IStore store)
    {
        if (_view is not null && _age.Elapsed < s_fresh)
            return _view;
        Exception? failure = null;
        cmdlet.Runner.RunToEnd(
            async cancel =>
            {
                try
                {
                    _view = await new BudgetReader(context, cmdlet.Runner.Observer).ReadAsync(store, cancel).ConfigureAwait(false);
                }
                catch (Exception error) when (error is PulseRunException or StoreUnavailableException)
                {
                    failure = error;
                }
            },
            context.BaseUri);
        _age.Restart();
        return failure is null ? _view! : throw failure;
    }
}
