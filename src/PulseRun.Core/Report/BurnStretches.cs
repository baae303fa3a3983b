using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.History;

namespace PulseRun.Core.Report;

/// <summary>
/// When each instance burned money, by what was seen of it. What nobody saw is not counted, so the sums are lower bounds:
/// a state holds from its first to its last look, back to the start that the server names, and up to now while it is listed so.
/// </summary>
internal static class BurnStretches
{
    /// <summary>Nobody rents a GPU for more; beyond it sums would overflow.</summary>
    private const decimal HighestPrice = 1_000_000;

    /// <param name="states">Of one instance, in time order; none when only the list knows it.</param>
    /// <param name="listed">The instance in the list of now; null when it is gone or there is no list.</param>
    /// <param name="since">The window's start.</param>
    /// <param name="now">The window's end.</param>
    public static IReadOnlyList<BurnStretch> Of(IReadOnlyList<RecordedState> states, Instance? listed, DateTimeOffset since, DateTimeOffset now)
    {
        var stretches = new List<BurnStretch>();
        DateTimeOffset end = since;
        foreach (RecordedState state in states)
        {
            // A null state is an instance that was gone.
            if (state.Status is not null && InstanceStatus.IsBurning(state.Status))
                Add(KnownStart(state.Status, state.StartedAt, null) is { } start && start < state.Since ? start : state.Since, state.LastSeen, state.CostPerHour);
            // Whatever it was, it was looked at: nothing later reaches back beyond that.
            if (state.LastSeen > end)
                end = state.LastSeen;
        }
        if (listed is not null && InstanceStatus.IsBurning(listed.Status))
        {
            RecordedState? last = states.Count > 0 ? states[states.Count - 1] : null;
            DateTimeOffset? known = KnownStart(listed.Status, listed.StartedAt, listed.CreatedAt);
            bool burnedOn = last?.Status is { } status && InstanceStatus.IsBurning(status) && !(known > last.LastSeen);
            if ((burnedOn ? last!.LastSeen : known) is { } from)
                Add(from, now, listed.CostPerHour);
        }
        return stretches;

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

    /// <summary>Adds the time in which readings prove that it ran and no state says otherwise: whoever only reads metrics records no states.</summary>
    /// <param name="stretches">What the states say, in time order.</param>
    /// <param name="states">The states themselves.</param>
    /// <param name="read">When it was read, in time order.</param>
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

    /// <summary>Since when it has been in its state at the latest, as the server tells.</summary>
    private static DateTimeOffset? KnownStart(string? status, DateTimeOffset? startedAt, DateTimeOffset? createdAt) =>
        InstanceStatus.Is(status, InstanceStatus.Running) ? startedAt
        : InstanceStatus.Is(status, InstanceStatus.Provisioning) ? createdAt
        : null;
}

/// <summary>A time in which an instance burned money at one price.</summary>
/// <param name="From">Since when.</param>
/// <param name="To">Until when.</param>
/// <param name="Price">In dollars per hour; null when unknown.</param>
internal readonly record struct BurnStretch(DateTimeOffset From, DateTimeOffset To, decimal? Price)
{
    /// <summary>What the part of it inside a window cost; 0 where the price is unknown.</summary>
    public decimal CostWithin(DateTimeOffset from, DateTimeOffset to) => Price is { } price ? price * Within(from, to).Ticks / TimeSpan.TicksPerHour : 0;

    /// <summary>How much of it lies inside a window.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to)
    {
        DateTimeOffset start = From > from ? From : from;
        DateTimeOffset end = To < to ? To : to;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
