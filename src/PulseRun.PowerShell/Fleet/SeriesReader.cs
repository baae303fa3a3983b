using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.Core.History;
using PulseRun.Core.Replay;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads recorded readings by instance, from a file or from the local history.</summary>
/// <param name="ids">The ids or wildcard patterns of the instances; null for all.</param>
/// <param name="costPerHour">The price of instances whose price is not recorded; null when unknown.</param>
internal sealed class SeriesReader(string[]? ids, decimal? costPerHour)
{
    private readonly InstanceFilter? _filter = ids is null ? null : new InstanceFilter().With(static instance => instance.Id, ids);

    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be read, or is not such a file.</exception>
    public IReadOnlyList<RecordedSeries> FromFile(string path, DateTimeOffset since)
    {
        try
        {
            using var text = new StreamReader(path);
            return Selected(ReadingsCsv.Read(text, path, CultureInfo.CurrentCulture, since));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Path: the file '" + CleanText.Clean(path, 300) + "' cannot be read. " + error.Message) { Field = "Path" };
        }
    }

    /// <exception cref="PulseRunException">JournalUnavailable: the history cannot be read.</exception>
    public IReadOnlyList<RecordedSeries> FromHistory(LocalStore store, Context context, DateTimeOffset since)
    {
        var readings = new Dictionary<string, List<Reading>>(StringComparer.Ordinal);
        var costs = new Dictionary<string, decimal>(StringComparer.Ordinal);
        store.Use(opened =>
        {
            foreach (InstanceMetrics reading in opened.History.Readings(context.Account, null, since))
            {
                if (!readings.TryGetValue(reading.Id, out List<Reading>? series))
                    readings.Add(reading.Id, series = []);
                series.Add(Reading.From(reading));
            }
            foreach (RecordedState state in opened.History.States(context.Account, since))
            {
                if (state.CostPerHour is { } cost)
                    costs[state.Id] = cost;
            }
        });
        return Selected(readings.Select(one => new RecordedSeries(one.Key, one.Value, costs.TryGetValue(one.Key, out decimal cost) ? cost : null)));
    }

    private List<RecordedSeries> Selected(IEnumerable<RecordedSeries> all) => all
        .Where(series => _filter is null || (ids!.Length > 0 && _filter.Passes(new Instance { Id = series.Id })))
        .OrderBy(static series => series.Id, StringComparer.Ordinal)
        .Select(series => series.CostPerHour is null ? series with { CostPerHour = costPerHour } : series)
        .ToList();
}
