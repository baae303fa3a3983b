using System;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Policy;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Applies the policy of this machine to the launches of one command. It is read once for the command.</summary>
internal sealed class LaunchPolicy
{
    /// <summary>The age up to which a recorded price is reason enough to refuse a launch.</summary>
    private static readonly TimeSpan s_justSeen = TimeSpan.FromHours(1);

    private readonly Policy? _policy = MachinePolicy.Read();

    /// <summary>Returns the request to send. Checks it before anything is asked or sent.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="note">The note of the launch; null without one.</param>
    /// <param name="journal">The journal with the recorded prices; null for none.</param>
    /// <exception cref="PulseRunException">PolicyViolation: the policy does not allow the launch.</exception>
    public LaunchRequest Apply(Context context, LaunchRequest request, LaunchNote? note, ILaunchJournal? journal)
    {
        if (_policy is not { } policy)
            return request;
        request = PolicyRules.Narrow(policy, request);
        var launch = new PlannedLaunch(request)
        {
            Lifetime = note?.Lifetime,
            Tags = note?.Tags ?? InstanceNote.NoTags,
            Price = PriceOf(context, request, policy.MaxHourlyCost is null ? null : journal),
        };
        return PolicyRules.Launch(policy, launch) is { } violation ? throw violation : request;
    }

    /// <summary>Returns a launch under the limit of the policy, whatever limit the command has.</summary>
    public LaunchTicket Ticket(LaunchRequest request, decimal? maxHourlyCost, LaunchNote? note, BudgetView? budgets, PlanRun? plan)
    {
        if (_policy is not { MaxHourlyCost: not null } policy)
            return new LaunchTicket(request, maxHourlyCost) { Note = note, Budgets = budgets, Plan = plan };
        decimal? limit = PolicyRules.MaxHourlyCost(policy, maxHourlyCost);
        return new LaunchTicket(request, limit) { Note = note, Budgets = budgets, Plan = plan, OverPrice = limit == maxHourlyCost ? null : error => PolicyRules.OverPrice(policy, error) };
    }

    /// <summary>Returns the options of the command. Under a limit of the policy, an unknown price does not count as 0.</summary>
    public LaunchOptions Options(LaunchOptions options) => _policy?.MaxHourlyCost is null ? options : options with { AllowUnknownPrice = false };

    private static decimal? PriceOf(Context context, LaunchRequest request, ILaunchJournal? journal)
    {
        try
        {
            return journal?.EstimatePrice(context.Account, request, context.UtcNow - s_justSeen);
        }
        catch (StoreUnavailableException)
        {
            // The launch itself reports that the store is unavailable.
            return null;
        }
    }
}
