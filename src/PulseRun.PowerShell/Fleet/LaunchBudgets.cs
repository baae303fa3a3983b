using System;
using System.Collections.Generic;
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
    private readonly BudgetViews _views = new(cmdlet);

    /// <summary>Returns launches that an earlier command left open with the budgets that cover them, so that their real prices are compared with the budgets if they are above what the launches reserved. Sends a list when a budget covers one.</summary>
    public IReadOnlyList<LaunchRecord> Earlier(Context context, IReadOnlyList<LaunchRecord> records)
    {
        try
        {
            if (records.Count == 0 || !Stores.Exists)
                return records;
            IStore store = Stores.Current;
            List<BudgetRule> rules = store.Budgets.All(context.Service).Where(static rule => rule.AtLimit != BudgetLimitAction.Warn).ToList();
            if (rules.Count == 0)
                return records;
            Dictionary<Guid, BudgetLaunch> noted = store.Launches.Billed(context.Service).ToDictionary(static launch => launch.Record.IntentId);
            return records.Select(record => noted.TryGetValue(record.IntentId, out BudgetLaunch? launch) && record.Outcome is null && rules.Exists(rule => rule.Covers(launch.Tags))
                ? record with { Budgets = _views.Fresh(context, store), Note = new LaunchNote { Service = context.Service, Tags = launch.Tags, Lifetime = launch.ExpiresAt - record.RequestedAt } }
                : record).ToList();
        }
        catch (Exception error) when (error is PulseRunException or StoreUnavailableException)
        {
            cmdlet.WriteWarning("Earlier launches are not compared with the budgets: " + error.Message);
            return records;
        }
    }

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
            List<BudgetRule> rules = new BudgetReader(context, cmdlet.Runner.Observer).Covering(store, tags);
            if (rules.Count == 0)
                return null;
            if (notes[0] is null && rules.Exists(static rule => rule.AtLimit != BudgetLimitAction.Warn))
                throw new PulseRunException(ErrorIds.BudgetExceeded, "Nothing was launched: -NoJournal reserves nothing, and a budget covers the launch.");
            BudgetView view = _views.Fresh(context, store);
            decimal? price = store.Launches.EstimatePrice(context.Account, request) ?? maxHourlyCost;
            var launches = new BudgetItem { Tags = tags, IsBilled = true, Price = price * notes.Count, ExpiresAt = view.Now + notes[0]?.Lifetime };
            List<BudgetItem> items = view.With(store.Launches.Billed(view.Service), Guid.Empty).ToList();
            BudgetAnswer answer = BudgetCheck.Check(rules, items, launches, view);
            if (answer.Warning is { } warning)
                cmdlet.WriteWarning(warning);
            if (cmdlet.Prompt.IsWhatIf && answer.Refusal is { } refusal)
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
}
