using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Budgets;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads what budgets are measured by: one list, the notes, and the recorded states since the start of the month.</summary>
/// <param name="context">The connection.</param>
/// <param name="observer">Receives notifications about the request.</param>
internal sealed class BudgetReader(Context context, ICallObserver observer)
{
    /// <summary>Returns the budgets that cover an instance or a launch with these tags.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public List<BudgetRule> Covering(IStore store, IReadOnlyDictionary<string, string> tags) =>
        store.Budgets.All(context.Service).Where(rule => rule.Covers(tags)).ToList();

    /// <summary>Returns the view of a list that is read now.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public async Task<BudgetView> ReadAsync(IStore store, CancellationToken cancel)
    {
        SteadyTime at = Libraries.SteadyNow();
        var fleet = new List<Instance>();
        await Connection.Of(context).Client.ListAsync(null, fleet.AddRange, observer, cancel).ConfigureAwait(false);
        return View(store, fleet, at);
    }

    /// <summary>Returns the running instances of the budgets that stop their instances, and of which more than the limit is spent. What is only committed does not count.</summary>
    public IEnumerable<string> Exceeded(IStore store, IReadOnlyList<Instance> fleet)
    {
        List<BudgetRule> rules = store.Budgets.All(context.Service).Where(static rule => rule.AtLimit == BudgetLimitAction.Stop).ToList();
        if (rules.Count == 0)
            return [];
        BudgetView view = View(store, fleet, Libraries.SteadyNow());
        List<BudgetRule> exceeded = rules.FindAll(rule => BudgetMeter.Measure(rule, view.Items, view.Now, view.Zone).Any(static budget => budget.Spent > budget.Limit));
        return view.Items.Where(item => item.IsBilled && exceeded.Exists(rule => rule.Covers(item.Tags))).Select(static item => item.Id).ToList();
    }

    /// <summary>Returns the view of a list.</summary>
    /// <param name="store">The store.</param>
    /// <param name="fleet">All instances of the account.</param>
    /// <param name="at">The time at which the list was requested.</param>
    public BudgetView View(IStore store, IReadOnlyList<Instance> fleet, SteadyTime at)
    {
        DateTimeOffset now = context.UtcNow;
        store.Launches.RecordPrices(context.Account, fleet, now);
        DateTimeOffset since = BudgetWindow.Of(BudgetPeriod.Month, now, TimeZoneInfo.Local).From;
        IReadOnlyList<BudgetItem> items = BudgetItems.Of(fleet, store.History.StatesOfService(context.Account, since), store.Notes.All(context.Service), since, now);
        return new BudgetView(context.Service, items, new HashSet<string>(fleet.Select(static one => one.Id), StringComparer.Ordinal), at, now, TimeZoneInfo.Local);
    }
}
