using System;
using System.Text.Json.Nodes;
using PulseRun.Core.Webhooks;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains what the service does by itself: alerts, schedules and webhooks. Not thread-safe; the caller holds the emulator's lock.</summary>
internal sealed class Automation : IDisposable
{
    /// <summary>The credit below which the service sends <c>balance.low</c>.</summary>
    private const decimal LowBalance = 5m;

    private readonly Fleet _fleet;
    private readonly WebhookSender _sender;

    public Automation(Fleet fleet, int seed, TimeProvider time)
    {
        _fleet = fleet;
        _sender = new WebhookSender(time);
        Alerts = new AlertBook(seed, fleet.Market);
        Schedules = new ScheduleBook(seed, fleet);
        Webhooks = new WebhookBook(seed, _sender);
        fleet.Entered = OnEntered;
        fleet.Ledger.Booked = OnBooked;
    }

    public AlertBook Alerts { get; }

    public ScheduleBook Schedules { get; }

    public WebhookBook Webhooks { get; }

    /// <summary>Carries out all changes that are due by now, in order.</summary>
    public void Settle(DateTimeOffset now)
    {
        while (Schedules.NextDue is { } due && due <= now)
        {
            _fleet.Settle(due);
            Schedules.RunDue(due);
        }
        _fleet.Settle(now);
    }

    public void SetPrice(string gpu, decimal perHour, DateTimeOffset now)
    {
        _fleet.Market.SetPrice(gpu, perHour);
        Alerts.CheckPrices(now);
    }

    public void Dispose() => _sender.Dispose();

    private void OnEntered(SimulatedInstance instance, DateTimeOffset now)
    {
        Schedules.OnEntered(instance, now);
        string? name = instance.Is(InstanceStatus.Running) ? WebhookEvents.Started
            : instance.Is(InstanceStatus.Stopped) ? WebhookEvents.Stopped
            : instance.Is(InstanceStatus.Terminated) ? WebhookEvents.Terminated
            : null;
        if (name is null)
            return;
        Webhooks.Raise(name, now, () => new JsonObject
        {
            ["instance_id"] = instance.Id,
            ["status"] = instance.Status,
            ["gpu"] = instance.Gpu,
            ["provider"] = instance.Provider,
            ["spot"] = instance.Spot,
            ["cost_per_hour"] = instance.CostPerHour,
        });
    }

    private void OnBooked(LedgerEntry row)
    {
        if (row.Type == Ledger.Charged)
            Alerts.Spend(-row.Amount, row.CreatedAt);
        if (row.BalanceAfter < LowBalance && row.BalanceAfter - row.Amount >= LowBalance)
            Webhooks.Raise(WebhookEvents.BalanceLow, row.CreatedAt, () => new JsonObject { ["balance"] = row.BalanceAfter, ["currency"] = "usd" });
    }
}
