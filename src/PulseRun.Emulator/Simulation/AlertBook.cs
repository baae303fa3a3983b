using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the alerts, and triggers them by the prices and the charges of the emulator.</summary>
internal sealed class AlertBook(int seed, Market market)
{
    private readonly List<SimulatedAlert> _alerts = [];
    private long _sequence;

    public IReadOnlyList<SimulatedAlert> All => _alerts;

    public SimulatedAlert Add(string type, string? gpu, decimal? price, decimal? dollars, DateTimeOffset now)
    {
        long number = ++_sequence;
        var alert = new SimulatedAlert
        {
            Id = "alert_" + DeterministicRandom.Base36(10, seed, "alert", number),
            Sequence = number,
            Type = type,
            Gpu = gpu,
            ThresholdPrice = price,
            ThresholdDollars = dollars,
            CreatedAt = now,
        };
        _alerts.Add(alert);
        CheckPrices(now);
        return alert;
    }

    /// <summary>Removes an alert. Returns false when there is none.</summary>
    public bool Remove(string id) => _alerts.RemoveAll(alert => alert.Id == id) > 0;

    /// <summary>Triggers the alerts whose GPU costs less than their price.</summary>
    public void CheckPrices(DateTimeOffset now)
    {
        foreach (SimulatedAlert alert in _alerts.Where(alert => alert.TriggeredAt is null && alert.Gpu is not null && market.PriceOf(alert.Gpu) < alert.ThresholdPrice))
            alert.TriggeredAt = now;
    }

    /// <summary>Adds a charge to the spending of each alert, and triggers those whose amount is exceeded.</summary>
    public void Spend(decimal amount, DateTimeOffset now)
    {
        foreach (SimulatedAlert alert in _alerts.Where(static alert => alert.ThresholdDollars is not null && alert.TriggeredAt is null))
        {
            alert.Spent += amount;
            if (alert.Spent > alert.ThresholdDollars)
                alert.TriggeredAt = now;
        }
    }
}

/// <summary>Represents one alert.</summary>
internal sealed class SimulatedAlert
{
    public required string Id { get; init; }

    public required long Sequence { get; init; }

    public required string Type { get; init; }

    public string? Gpu { get; init; }

    public decimal? ThresholdPrice { get; init; }

    public decimal? ThresholdDollars { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? TriggeredAt { get; set; }

    /// <summary>Gets or sets the charges since the alert was created.</summary>
    public decimal Spent { get; set; }
}
