using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Report;

/// <summary>Represents what the stops of cleanups have saved: the price of each stopped instance for as long as it is known to have stayed stopped.</summary>
/// <param name="Stops">The number of stops that saved something in the time.</param>
/// <param name="Amount">The sum in dollars.</param>
/// <param name="Unpriced">The number of stops of instances without a known price; if it is above 0, <paramref name="Amount"/> is a lower bound.</param>
internal readonly record struct CleanupSavings(int Stops, decimal Amount, int Unpriced)
{
    /// <summary>Returns the savings within a time.</summary>
    /// <param name="stops">The stops that cleanups made.</param>
    /// <param name="stopped">The times in which instances were stopped, by whatever.</param>
    /// <param name="since">The start of the time.</param>
    /// <param name="until">The end of the time.</param>
    public static CleanupSavings Of(IEnumerable<CleanupStop> stops, IEnumerable<StoppedStretch> stopped, DateTimeOffset since, DateTimeOffset until)
    {
        ILookup<string, StoppedStretch> stretches = stopped.ToLookup(static stretch => stretch.Instance.Id, StringComparer.Ordinal);
        var counted = new HashSet<StoppedStretch>();
        var savings = default(CleanupSavings);
        foreach (CleanupStop stop in stops)
        {
            // The stop belongs to the time in which the instance was stopped then, or to the next one if the list showed it as stopped later.
            StoppedStretch? found = stretches[stop.Id].Where(one => one.To >= stop.At).OrderBy(static one => one.From).Select(static one => (StoppedStretch?)one).FirstOrDefault();
            // Two cleanups can have stopped one instance at the same time.
            if (found is not { } stretch || !counted.Add(stretch))
                continue;
            DateTimeOffset from = Later(Later(stretch.From, stop.At), since);
            DateTimeOffset to = stretch.To < until ? stretch.To : until;
            if (to < from || (to == from && stop.At < since))
                continue;
            bool isPriced = BurnStretches.IsPrice(stretch.Instance.CostPerHour);
            savings = new CleanupSavings(
                savings.Stops + 1,
                savings.Amount + (isPriced ? stretch.Instance.CostPerHour!.Value * (to - from).Ticks / TimeSpan.TicksPerHour : 0),
                savings.Unpriced + (isPriced ? 0 : 1));
        }
        return savings;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
