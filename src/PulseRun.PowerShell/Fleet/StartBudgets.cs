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

/// <summary>Checks the starts of one command against the budgets, because a start resumes the billing. Its methods are called on the pipeline thread.</summary>
/// <remarks>A start reserves nothing in the store: until the list shows it as running, only the command that sent it counts it.</remarks>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
internal sealed class StartBudgets(ConnectedCmdlet cmdlet)
{
    private readonly BudgetViews _views = new(cmdlet);
    private readonly HashSet<string> _starting = new(StringComparer.Ordinal);
    private bool _hasWarned;

    /// <summary>Returns why the start has no room in a budget; null when it has, or when no budget covers the instance. Sends one list a minute when one does. Warns about a budget that only warns.</summary>
    public PulseRunException? Objection(InstanceTarget target)
    {
        try
        {
            // A machine without a store has no budgets, and reading them must not create one.
            if (!Stores.Exists)
                return null;
            IStore store = Stores.Current;
            Context context = target.Context;
            InstanceNote? note = store.Notes.Get(context.Service, target.Id);
            List<BudgetRule> rules = new BudgetReader(context, cmdlet.Runner.Observer).Covering(store, note?.Tags ?? InstanceNote.NoTags);
            if (rules.Count == 0)
                return null;
            BudgetView view = _views.Fresh(context, store);
            // A missing instance is refused by the server, and one that is billed already is counted.
            if (view.Items.FirstOrDefault(item => item.Id == target.Id) is not { IsBilled: false } stopped || !view.Listed.Contains(target.Id))
                return null;
            List<BudgetItem> items = view.With(store.Launches.Billed(view.Service), Guid.Empty)
                .Select(item => _starting.Contains(item.Id) ? item with { IsBilled = true } : item).ToList();
            // A lifetime that has ended does not limit the cost of the start.
            BudgetItem start = stopped with { Billed = [], IsBilled = true, ExpiresAt = stopped.ExpiresAt > view.Now ? stopped.ExpiresAt : null };
            BudgetAnswer answer = BudgetCheck.Check(rules, items, start, view);
            if (answer.Warning is { } warning)
                cmdlet.WriteWarning(warning);
            return answer.Refusal;
        }
        catch (StoreUnavailableException error) when (Stores.IsTeam)
        {
            return new PulseRunException(ErrorIds.JournalUnavailable, "Instance " + target.Id + " was not started, as the budgets cannot be read. " + error.Message) { Advice = error.Advice };
        }
        catch (StoreUnavailableException error)
        {
            if (!_hasWarned)
                cmdlet.WriteWarning("The starts are not compared with the budgets, which cannot be read: " + error.Message);
            _hasWarned = true;
            return null;
        }
        catch (PulseRunException error)
        {
            return error;
        }
    }

    /// <summary>Counts a start that is sent for those that follow it.</summary>
    public void Take(InstanceTarget target) => _starting.Add(target.Id);
}
