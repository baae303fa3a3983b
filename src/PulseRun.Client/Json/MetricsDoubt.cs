using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Core.Idle;

namespace PulseRun.Client.Json;

/// <summary>
/// Finds what contradicts the values that were taken from an answer with metrics: an old time, a higher load under a spelling that is not specified, or an error beside the values.
/// Such an answer can prove work, but not idleness. Names are compared without regard to case and separators.
/// </summary>
internal static class MetricsDoubt
{
    /// <summary>The largest age of a current answer. Servers may answer from reports that an agent sends once a minute.</summary>
    private static readonly TimeSpan s_oldest = TimeSpan.FromMinutes(2);

    private const int LongestName = 32;

    private static readonly Dictionary<string, Kind> s_kinds = Kinds();

    private enum Kind
    {
        Other,
        Time,
        Utilization,
        Memory,
        Gpus,
        Failure,
        Stale,
    }

    /// <summary>Returns true when the answer, which a server or a cache says to be that old, is not current.</summary>
    public static bool IsOld(TimeSpan? age) => age > s_oldest;

    /// <summary>Returns true when something in the answer contradicts its values.</summary>
    /// <param name="answer">The fields of the answer, or of its part for one GPU, that were not read yet.</param>
    /// <param name="utilization">The highest utilization that was taken from it.</param>
    /// <param name="memory">The highest memory use that was taken from it.</param>
    /// <param name="now">The server's time.</param>
    public static bool IsIn(Dictionary<string, object?> answer, double? utilization, double? memory, DateTimeOffset now)
    {
        foreach (KeyValuePair<string, object?> entry in answer)
        {
            if (entry.Value is null or "" || !s_kinds.TryGetValue(Plain(entry.Key), out Kind kind))
                continue;
            bool isDoubt = kind switch
            {
                Kind.Time => IsOldTime(entry.Value, now),
                Kind.Utilization => IsHigher(entry.Value, utilization),
                Kind.Memory => MetricsReader.Number(entry.Value) is { } used and >= IdleRule.UsualMemoryBelow and <= 100 && !(used <= memory),
                Kind.Gpus => HasHigher(entry.Value, utilization, memory, now),
                Kind.Failure => entry.Value is not (false or 0L or object?[] { Length: 0 } or Dictionary<string, object?> { Count: 0 }),
                Kind.Stale => entry.Value is true,
                _ => false,
            };
            if (isDoubt)
                return true;
        }
        return false;
    }

    /// <summary>Returns true when the value is a load above the one that was taken, or cannot be read. Negative values and NaN are unknown, as if they were missing.</summary>
    private static bool IsHigher(object? value, double? taken) =>
        MetricsReader.Number(value) is { } load ? !(load <= taken) : !MetricsReader.IsMissing(value);

    private static bool HasHigher(object? value, double? utilization, double? memory, DateTimeOffset now)
    {
        switch (value)
        {
            case object?[] list:
                return Array.Exists(list, item => item is Dictionary<string, object?> gpu ? IsIn(gpu, utilization, memory, now) : MetricsReader.Number(item) > utilization);
            case Dictionary<string, object?> one:
                foreach (object? item in one.Values)
                {
                    if (item is Dictionary<string, object?> gpu && IsIn(gpu, utilization, memory, now))
                        return true;
                }
                return IsIn(one, utilization, memory, now);
            default:
                return false;
        }
    }

    private static bool IsOldTime(object? value, DateTimeOffset now) =>
        value is object?[] several ? Array.Exists(several, one => IsOldTime(one, now)) : Time(value) is { } time && (now - time).Duration() > s_oldest;

    /// <summary>Returns the time of a text or a number; null when it is none. A number counts seconds since 1970, or thousandths, millionths or billionths of seconds when it would be thousands of years in seconds.</summary>
    private static DateTimeOffset? Time(object? value)
    {
        if (value is string text && Date(text) is { } date)
            return date;
        if (LenientJson.Reading(value) is not { } seconds)
            return null;
        for (int thousands = 0; thousands < 3 && seconds > 1e11; thousands++)
            seconds /= 1000;
        // A number that would be before 2001 is a duration or a count.
        return seconds is > 1e9 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
    }

    private static DateTimeOffset? Date(string text)
    {
        if (LenientJson.Date(text) is { } date)
            return date;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] formats = ["yyyyMMdd'T'HHmmss'Z'", "yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmmss.FFFFFFF'Z'", "yyyyMMddHHmmss", "r", "ddd, d MMM yyyy HH:mm:ss 'UTC'", "ddd MMM d HH:mm:ss yyyy", "yyyy/MM/dd HH:mm:ss", "yyyy/M/d H:m:s"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, Utc | DateTimeStyles.AllowWhiteSpaces, out date) ? date : null;
    }

    /// <summary>Returns a name in lower case and without separators.</summary>
    private static string Plain(string name)
    {
        if (name.Length > LongestName)
            return "";
        Span<char> plain = stackalloc char[LongestName];
        int length = 0;
        foreach (char one in name)
        {
            if (one is not ('_' or '-' or ' ' or '.'))
                plain[length++] = char.ToLowerInvariant(one);
        }
        return plain.Slice(0, length).ToString();
    }

    private static Dictionary<string, Kind> Kinds()
    {
        var kinds = new Dictionary<string, Kind>(StringComparer.Ordinal);
        Add(Kind.Time, "timestamp", "time", "ts", "datetime", "asof", "sampledat", "measuredat", "collectedat", "updatedat", "recordedat", "reportedat", "generatedat", "observedat", "capturedat", "takenat", "readat", "cachedat",
            "lastupdated", "lastupdate", "lastupdatedat", "lastreport", "lastreportedat", "lastheartbeat", "lastheartbeatat", "sampletime", "reporttime", "collectiontime");
        Add(Kind.Utilization, "gpuutilization", "gpuutilizationpercent", "gpuutilizationpct", "gpuutil", "gpuutilpercent", "gpuusage", "gpuusagepercent", "gpuload", "gpuloadpercent", "gpupercent",
            "utilization", "utilizationpercent", "utilizationgpu");
        Add(Kind.Memory, "memoryusage", "memoryusagepercent", "memoryutilization", "memorypercent", "gpumemoryusage", "gpumemoryusagepercent", "gpumemoryutilization", "gpumemorypercent", "vramusage", "vramusagepercent", "vrampercent");
        Add(Kind.Gpus, "gpus", "gpu", "gpulist", "gpumetrics", "gpustats", "pergpu", "gpudevices", "gpuutilizations");
        Add(Kind.Failure, "error", "errors", "detail");
        Add(Kind.Stale, "stale", "isstale");
        return kinds;

        void Add(Kind kind, params string[] names)
        {
            foreach (string name in names)
                kinds.Add(name, kind);
        }
    }
}
