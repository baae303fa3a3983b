using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.History;

namespace PulseRun.Core.Cost;

/// <summary>
/// Computes from recorded states when each instance was billed. Time without an observation is not counted, so the sums are lower bounds:
/// a state lasts from its first to its last observation, back to the start time that the server reports, and up to now while it is still listed.
/// </summary>
internal static class BurnStretches
{
    /// <summary>The highest plausible price, in dollars per hour. Without a bound, sums could overflow.</summary>
    private const decimal HighestPrice = 1_000_000;

    /// <summary>Returns the times in which one instance was billed.</summary>
    /// <param name="states">The recorded states of the instance, in time order; may be empty.</param>
    /// <param name="listed">The instance in the present list; null when it is not listed or there is no list.</param>
    /// <param name="since">The start of the window.</param>
    /// <param name="now">The end of the window.</param>
    public static IReadOnlyList<BurnStretch> Of(IReadOnlyList<RecordedState> states, Instance? listed, DateTimeOffset since, DateTimeOffset now)
    {
        var stretches = new List<BurnStretch>();
        DateTimeOffset end = since;
        RecordedState? previous = null;
        foreach (RecordedState state in states)
        {
            // A null state means that the instance was no longer listed.
            if (state.Status is not null && InstanceStatus.IsBurning(state.Status))
                Add(FirstStart(state) ?? (KnownStart(state.Status, state.StartedAt, null) is { } start && start < state.Since ? start : state.Since), state.LastSeen, state.CostPerHour);
            previous = state;
            // The instance was observed up to here, so a later state cannot begin before this.
            if (state.LastSeen > end)
                end = state.LastSeen;
        }
        if (listed is not null && InstanceStatus.IsBurning(listed.Status))
        {
            RecordedState? last = states.Count > 0 ? states[states.Count - 1] : null;
            DateTimeOffset? known = KnownStart(listed.Status, listed.StartedAt, listed.CreatedAt);
            bool burnedOn = last?.Status is { } status && InstanceStatus.IsBurning(status) && (!(known > last.LastSeen) || InstanceStatus.Is(status, InstanceStatus.Provisioning));
            if ((burnedOn ? last!.LastSeen : known) is { } from)
                Add(from, now, listed.CostPerHour);
        }
        return stretches;

        // An instance that was provisioning and runs now has not been stopped in between: its start is the end of the provisioning.
        DateTimeOffset? FirstStart(RecordedState state) =>
            previous is { Status: { } before } && InstanceStatus.Is(before, InstanceStatus.Provisioning) && InstanceStatus.Is(state.Status, InstanceStatus.Running) && state.StartedAt <= state.Since
                ? previous.LastSeen
                : null;

        void Add(DateTimeOffset from, DateTimeOffset to, decimal? price)
        {
            if (from < end)
                from = end;
            if (to > now)
                to = now;
            if (to <= from)
                return;
            stretches.Add(new BurnStretch(from, to, IsPrice(price) ? price : null));
            end = to;
        }
    }

    /// <summary>Adds the times in which readings prove that the instance was running and no recorded state contradicts. Commands that only read metrics record no states.</summary>
    /// <param name="stretches">The times from the recorded states, in time order.</param>
    /// <param name="states">The recorded states.</param>
    /// <param name="read">The times covered by readings, in time order.</param>
    /// <param name="price">The latest known price.</param>
    public static IReadOnlyList<BurnStretch> WithReadings(
        IReadOnlyList<BurnStretch> stretches,
        IReadOnlyList<RecordedState> states,
        IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> read,
        decimal? price)
    {
        List<(DateTimeOffset From, DateTimeOffset To)> known = stretches.Select(static stretch => (stretch.From, stretch.To))
            .Concat(states.Where(static state => state.Status is null || !InstanceStatus.IsBurning(state.Status)).Select(static state => (state.Since, state.LastSeen)))
            .OrderBy(static one => one.Item1)
            .ToList();
        var all = new List<BurnStretch>(stretches);
        int next = 0;
        foreach ((DateTimeOffset start, DateTimeOffset to) in read)
        {
            DateTimeOffset from = start;
            while (next < known.Count && known[next].To <= from)
                next++;
            for (int i = next; i < known.Count && known[i].From < to; i++)
            {
                if (known[i].From > from)
                    all.Add(new BurnStretch(from, known[i].From, price));
                if (known[i].To > from)
                    from = known[i].To;
            }
            if (from < to)
                all.Add(new BurnStretch(from, to, price));
        }
        return all;
    }

    public static bool IsPrice(decimal? price) => Burn.IsPrice(price) && price <= HighestPrice;

    /// <summary>Returns the latest possible start of the present state according to the server; null when it reports none.</summary>
    private static DateTimeOffset? KnownStart(string? status, DateTimeOffset? startedAt, DateTimeOffset? createdAt) =>
        InstanceStatus.Is(status, InstanceStatus.Running) ? startedAt
        : InstanceStatus.Is(status, InstanceStatus.Provisioning) ? createdAt
        : null;
}

/// <summary>Represents a time in which an instance was billed at one price.</summary>
/// <param name="From">The start.</param>
/// <param name="To">The end.</param>
/// <param name="Price">The price in dollars per hour; null when unknown.</param>
internal readonly record struct BurnStretch(DateTimeOffset From, DateTimeOffset To, decimal? Price)
{
    /// <summary>Returns the cost of the part inside a window; 0 when the price is unknown.</summary>
    public decimal CostWithin(DateTimeOffset from, DateTimeOffset to) => Price is { } price ? price * Within(from, to).Ticks / TimeSpan.TicksPerHour : 0;

    /// <summary>Returns the length of the part inside a window.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to)
    {
        DateTimeOffset start = From > from ? From : from;
        DateTimeOffset end = To < to ? To : to;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
