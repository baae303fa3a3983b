using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Prepares the launches of the jobs of one command, with all checks of New-PRInstance. Its methods are called on the pipeline thread, except for <see cref="AgainAsync"/>.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
/// <param name="context">The connection.</param>
/// <param name="options">Returns what holds for all launches of the command.</param>
internal sealed class JobLaunches(ConnectedCmdlet cmdlet, Context context, Func<LaunchOptions> options)
{
    private readonly LaunchChecks _checks = new(cmdlet, hasJournal: true);
    private LaunchCredit? _credit;
    private LaunchNames? _names;
    private LaunchRunner? _earlier;

    /// <summary>Returns the launch of a job, and its description for a question. Sends nothing, except for the list that a budget is checked with.</summary>
    /// <exception cref="PulseRunException">PolicyViolation, BudgetExceeded or InvalidRequest: nothing is launched.</exception>
    public (LaunchTicket Ticket, string Description) Prepare(LaunchPlan plan, LaunchPreference prefer, decimal? maxHourlyCost, LaunchNote note)
    {
        plan = _checks.Allowed(context, plan, note);
        var prices = new PlanPrices(cmdlet, context, plan, isKnown: true);
        plan = prices.Order(prefer);
        LaunchTicket ticket = _checks.Tickets(context, plan, isChecked: false, maxHourlyCost, [note])[0];
        if (prices.Highest is { } perHour && !cmdlet.Prompt.IsWhatIf)
            (_credit ??= new LaunchCredit(cmdlet, context)).Add(perHour);
        return (ticket, prices.Describe(plan) + ", at most " + note.Lifetime?.ToString("g", CultureInfo.InvariantCulture));
    }

    /// <summary>Finishes what earlier commands left open, once for the command, and frees the name of the job if its owner is gone. Call it when the user has agreed.</summary>
    public void Begin(LaunchTicket ticket)
    {
        if (_earlier is null)
        {
            _earlier = new LaunchRunner(cmdlet, context, Stores.Current.Launches, Options(), null, null);
            _earlier.FinishEarlier();
        }
        (_names ??= new LaunchNames(cmdlet, context)).Free([ticket]);
    }

    /// <summary>Returns the options of the command under the policy.</summary>
    public LaunchOptions Options() => _checks.Options(options());

    /// <summary>Returns another launch by the same plan. Budgets are read again, because they may have been used up since.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="first">The first launch of the job.</param>
    /// <param name="observer">Receives notifications about the request.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="PulseRunException">JournalUnavailable: the budgets cannot be read.</exception>
    public static async Task<LaunchTicket> AgainAsync(Context context, LaunchTicket first, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            IStore store = Stores.Current;
            var reader = new BudgetReader(context, observer);
            bool isCovered = reader.Covering(store, first.Note?.Tags ?? InstanceNote.NoTags).Count > 0;
            BudgetView? budgets = isCovered ? await reader.ReadAsync(store, cancel).ConfigureAwait(false) : null;
            PlanRun? plan = first.Plan is { } run ? new PlanRun(run.Plan, run.Refusals) : null;
            return new LaunchTicket(plan?.Plan.Alternatives[0] ?? first.Request, first.MaxHourlyCost) { Note = first.Note, Budgets = budgets, Plan = plan, OverPrice = first.OverPrice };
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was launched, as the budgets cannot be read. " + error.Message) { Advice = error.Advice };
        }
    }
}
