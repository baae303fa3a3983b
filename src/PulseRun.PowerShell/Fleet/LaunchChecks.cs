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

    /// <summary>Returns the launches of one request, one for each note.</summary>
    /// <exception cref="PulseRunException">PolicyViolation, BudgetExceeded, or InvalidRequest: nothing is launched.</exception>
    public LaunchTicket[] Tickets(Context context, LaunchRequest request, decimal? maxHourlyCost, IReadOnlyList<LaunchNote?> notes)
    {
        LaunchRequest allowed = _policy.Apply(context, request, notes[0], hasJournal ? Stores.Current.Launches : null);
        var budgets = _budgets.View(context, allowed, maxHourlyCost, notes);
        return notes.Select(note => _policy.Ticket(allowed, maxHourlyCost, note, budgets)).ToArray();
    }

    /// <summary>Returns the options of the command under the policy.</summary>
    public LaunchOptions Options(LaunchOptions options) => _policy.Options(options);
}
