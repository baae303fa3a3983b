using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Cost;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;

namespace PulseRun.Client.Launch;

/// <summary>Enforces the cost limits of launched instances. A launch with limits is closed only when they hold or its instance is known to have ended: if the process is killed before, the launch stays open, and Resolve-PRLaunch enforces the limits.</summary>
internal sealed class LimitKeeper(IPulseRunClient client, ServerClock clock, TimeProvider time, Context context, ILaunchJournal journal)
{
    private const int Attempts = 3;

    private static readonly TimeSpan s_betweenAttempts = TimeSpan.FromSeconds(2);

    public static bool HasLimits(LaunchRecord record) => record.MaxHourlyCost is not null || record.MaxFleetCostPerHour is not null || record.Budgets is not null;

    /// <summary>Enforces the limits for an instance that its launch has claimed, and closes the launch. Ignores cancellation, because the instance is being billed.</summary>
    /// <returns>Null when the instance is within the limits; otherwise the breach and its result.</returns>
    public async Task<LimitBreach?> HoldAsync(LaunchRecord record, Instance instance, FleetView? fleet, string? matchedBy, ICallObserver observer)
    {
        PulseRunException? overBudget = null;
        string? why = Excess(record, instance, fleet, observer) ?? (overBudget = OverBudget(record, instance))?.Message.TrimEnd('.');
        if (why is null)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.Launched(instance.Id, matchedBy, clock.Now)));
            return null;
        }
        bool isHourly = CostLimits.Hourly(Burn.IsPrice(instance.CostPerHour) ? instance.CostPerHour : null, record.MaxHourlyCost) != CostCheck.Within;
        string errorId = overBudget is null ? ErrorIds.CostLimitExceeded : ErrorIds.BudgetExceeded;
        string? field = isHourly ? nameof(LaunchRecord.MaxHourlyCost) : null;
        var (isGone, failure) = await EndAsync(instance, observer);
        if (isGone)
        {
            BestEffort.Note(() => journal.Close(record.IntentId, LaunchClosing.Launched(instance.Id, "terminated at once: " + why, clock.Now, isGone: true)));
            return new LimitBreach(new PulseRunException(errorId, "Instance " + instance.Id + " was launched and terminated at once: " + why + ".") { Field = field }, IsGone: true);
        }
        BestEffort.Note(() => journal.Release(record.IntentId));
        string later = journal.IsShared ? " Resolve-PRLaunch " + record.IntentId + " tries again." : "";
        return new LimitBreach(
            new PulseRunException(errorId, "Instance " + instance.Id + " was launched and IS STILL THERE: " + why + ", and "
                + (failure is null ? "its termination was accepted, but it is not terminated yet." : "terminating it failed. " + failure.Message) + later) { Field = field },
            IsGone: false);
    }

    /// <summary>Returns the budget that an instance exceeds by its real price; null when it exceeds none. The launch has reserved its estimated price before it was sent.</summary>
    /// <remarks>A reservation stays granted: a launch that an earlier command left open is not ended because a budget was filled or lowered since. With a limit for the fleet, the recorded price may be the real one already.</remarks>
    private PulseRunException? OverBudget(LaunchRecord record, Instance instance)
    {
        if (record.Budgets is not { } view || !Burn.IsPrice(instance.CostPerHour) || (record.MaxFleetCostPerHour is null && instance.CostPerHour <= record.Price))
            return null;
        record = record with { Budgets = view.Without(instance.Id) };
        try
        {
            return journal.WeighBudgets(record, instance.CostPerHour!.Value);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Returns why an instance exceeds its limits; null when it does not.</summary>
    private string? Excess(LaunchRecord record, Instance instance, FleetView? fleet, ICallObserver observer)
    {
        decimal? price = Burn.IsPrice(instance.CostPerHour) ? instance.CostPerHour : null;
        if (HasLimits(record) && price is null or 0)
        {
            observer.Warning("The server names " + (price is null ? "no price" : "a price of 0") + " for instance " + instance.Id
                + ", so the limit on its cost cannot be checked. Look at it with Get-PRInstance -Id " + instance.Id + ".");
        }
        switch (CostLimits.Hourly(price, record.MaxHourlyCost))
        {
            case CostCheck.Exceeded:
                return "it costs " + Display.PerHour(price!.Value) + ", and the limit is " + Display.PerHour(record.MaxHourlyCost!.Value);
            case CostCheck.PriceUnknown when !record.AllowUnknownPrice:
                return "the server names no price, and the limit is " + Display.PerHour(record.MaxHourlyCost!.Value);
        }
        if (fleet is null)
            return null;
        var room = Weigh(record, price, fleet);
        string limit = " to " + Display.PerHour(room.PerHour) + ", and the limit for the fleet is " + Display.PerHour(fleet.Limit);
        if (room.Check == CostCheck.Exceeded)
            return (room.Adds is { } adds ? "it adds " + Display.PerHour(adds) : "it adds an unknown price") + limit;
        return room.Adds is null && !record.AllowUnknownPrice ? "the server does not say what it adds" + limit : null;
    }

    private FleetRoom Weigh(LaunchRecord record, decimal? price, FleetView fleet)
    {
        try
        {
            return journal.Weigh(context.Account, record.IntentId, price, fleet);
        }
        catch (StoreUnavailableException)
        {
            return fleet.Weigh([], record.IntentId, price);
        }
    }

    /// <summary>Terminates an instance, and checks that it is terminated.</summary>
    public async Task<(bool IsGone, PulseRunException? Failure)> EndAsync(Instance instance, ICallObserver observer)
    {
        bool isAccepted = false;
        PulseRunException? failure = null;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            if (attempt > 1)
                await time.Delay(s_betweenAttempts, CancellationToken.None);
            try
            {
                if (!isAccepted)
                {
                    await client.RemoveAsync(instance.Id, instance, observer, CancellationToken.None);
                    (isAccepted, failure) = (true, null);
                }
                var now = await client.GetAsync(instance.Id, observer, CancellationToken.None);
                if (InstanceStatus.IsFinal(now.Status))
                    return (true, null);
            }
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
            {
                if (isAccepted)
                    return (true, null);
                // The instance may be so new that the server does not find it by its id yet.
                failure = error;
            }
            catch (PulseRunException error)
            {
                if (!isAccepted)
                    return (false, error);
            }
        }
        return (false, failure);
    }
}
