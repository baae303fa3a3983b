using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Checks the launches of one command against the policy of the machine and the budgets, before anything is asked or sent.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
/// <param name="hasJournal">False with -NoJournal.</param>
internal sealed class LaunchChecks(ConnectedCmdlet cmdlet, bool hasJournal)
{
    private readonly LaunchPolicy _policy = new();
    private readonly LaunchBudgets _budgets = new(cmdlet);
    private readonly PlanRefusals _refusals = new();

    /// <summary>Returns the plan as the policy allows it.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="note">The note of its launches; null without one.</param>
    /// <exception cref="PulseRunException">PolicyViolation: the policy forbids one of the alternatives, so that nothing is launched.</exception>
    public LaunchPlan Allowed(Context context, LaunchPlan plan, LaunchNote? note) =>
        plan with { Alternatives = plan.Alternatives.Select(one => _policy.Apply(context, one, note, hasJournal ? Stores.Current.Launches : null)).ToList() };

    /// <summary>Returns the launches of one plan, one for each note.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="plan">The plan, as the policy allows it.</param>
    /// <param name="isChecked">True when each machine is checked, and may be replaced by the next alternative.</param>
    /// <param name="maxHourlyCost">The price limit of each instance; null for none.</param>
    /// <param name="notes">The notes.</param>
    /// <exception cref="PulseRunException">BudgetExceeded or InvalidRequest: nothing is launched.</exception>
    public LaunchTicket[] Tickets(Context context, LaunchPlan plan, bool isChecked, decimal? maxHourlyCost, IReadOnlyList<LaunchNote?> notes)
    {
        BudgetView? budgets = _budgets.View(context, plan.Alternatives[0], maxHourlyCost, notes);
        bool isPlan = isChecked || !plan.IsSingle;
        return notes.Select(note => _policy.Ticket(plan.Alternatives[0], maxHourlyCost, note, budgets, isPlan ? new PlanRun(plan, _refusals) : null)).ToArray();
    }

    /// <summary>Returns the options of the command under the policy.</summary>
    public LaunchOptions Options(LaunchOptions options) => _policy.Options(options);
}
