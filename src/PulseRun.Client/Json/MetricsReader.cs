using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Client.Http;
using PulseRun.Core.Text;

namespace PulseRun.Client.Json;

/// <summary>Converts an answer to metrics, under any of the usual names.</summary>
internal static class MetricsReader
{
    /// <summary>The largest age of a current answer. Servers may answer from reports that an agent sends once a minute.</summary>
    private static readonly TimeSpan s_oldest = TimeSpan.FromMinutes(2);

    private static readonly string[] s_ids = ["id", "instance_id"];
    private static readonly string[] s_times = ["timestamp", "sampled_at", "measured_at", "collected_at", "updated_at", "ts", "time"];
    private static readonly string[] s_utilizations = ["gpu_utilization", "gpu_utilization_percent", "utilization", "utilization_percent"];
    private static readonly string[] s_memories = ["memory_usage", "memory_usage_percent", "memory", "memory_percent"];

    /// <summary>Returns true when the answer contains the id of another instance, and so does not apply to the requested one.</summary>
    public static bool IsForeign(string id, Dictionary<string, object?> answer)
    {
        bool isNamed = false;
        foreach (string name in s_ids)
        {
            if (!answer.TryGetValue(name, out object? value) || value is null)
                continue;
            if (string.Equals(Convert.ToString(value, CultureInfo.InvariantCulture), id, StringComparison.Ordinal))
                return false;
            isNamed = true;
        }
        return isNamed;
    }

    /// <summary>Returns the metrics in an answer.</summary>
    /// <param name="id">The id of the requested instance.</param>
    /// <param name="answer">The answer as plain values.</param>
    /// <param name="origin">The connection.</param>
    /// <param name="skew">The server's clock minus the connection's; null when not known.</param>
    /// <param name="redactor">Masks secrets in additional properties.</param>
    public static InstanceMetrics Read(string id, Dictionary<string, object?> answer, Context origin, TimeSpan? skew, Redactor redactor)
    {
        var rest = new Dictionary<string, object?>(answer, StringComparer.Ordinal);
        foreach (string name in s_ids)
        {
            if (rest.TryGetValue(name, out object? value) && value is string text && text == id)
                rest.Remove(name);
        }
        DateTimeOffset now = origin.UtcNow;
        var gpus = TakeGpus(rest);
        bool isUnread = gpus is null;
        gpus ??= [];
        double? uptime = TakeOne(rest, "uptime"), seconds = TakeOne(rest, "uptime_seconds");
        double? utilization = TakePercent(rest, "gpu_utilization") ?? Highest(gpus);
        return new InstanceMetrics
        {
            Id = id,
            SampledAt = now,
            GpuUtilization = utilization,
            MemoryUsage = TakePercent(rest, "memory_usage"),
            DiskUsage = TakePercent(rest, "disk_usage"),
            Uptime = Duration(uptime ?? seconds),
            Gpus = gpus,
            IsDoubtful = isUnread || IsOld(rest, now + (skew ?? TimeSpan.Zero)),
            AdditionalProperties = PropertyBag.Of((Dictionary<string, object?>)redactor.Tree(rest)!),
            Origin = origin,
        };
    }

    private static double? TakePercent(Dictionary<string, object?> from, string name) => TakeHighest(from, name, name + "_percent");

    /// <summary>Returns the highest reading under any of the names, so that of two different values the busier one counts.</summary>
    private static double? TakeHighest(Dictionary<string, object?> from, params string[] names)
    {
        double? highest = null;
        foreach (string name in names)
        {
            if (TakeOne(from, name) is { } value && !(value <= highest))
                highest = value;
        }
        return highest;
    }

    /// <summary>Returns the reading under a name. The entry is removed if it is a number or empty; other values stay among the additional properties.</summary>
    private static double? TakeOne(Dictionary<string, object?> from, string name)
    {
        if (!from.TryGetValue(name, out object? value))
            return null;
        double? reading = LenientJson.Reading(value);
        if (reading is not null || value is null or long or decimal or double || value is string { Length: 0 } or "NaN")
            from.Remove(name);
        return reading;
    }

    /// <summary>Returns the metrics of the single GPUs; null when the value cannot be read.</summary>
    private static GpuMetrics[]? TakeGpus(Dictionary<string, object?> from)
    {
        if (!from.TryGetValue("gpus", out object? value) || value is null)
            return [];
        if (Items(value) is not { } items)
            return null;
        from.Remove("gpus");
        var gpus = new GpuMetrics[items.Length];
        for (int index = 0; index < items.Length; index++)
        {
            gpus[index] = items[index] is Dictionary<string, object?> one
                ? new GpuMetrics
                {
                    Index = index,
                    Utilization = TakeHighest(one, s_utilizations),
                    MemoryUsage = TakeHighest(one, s_memories),
                }
                : new GpuMetrics { Index = index, Utilization = LenientJson.Reading(items[index]) };
        }
        return gpus;
    }

    /// <summary>Returns the elements of an array, or of an object that is one GPU or contains one GPU under each name.</summary>
    private static object?[]? Items(object? value) => value switch
    {
        object?[] list => list,
        Dictionary<string, object?> one when Array.Exists(s_utilizations, one.ContainsKey) => [one],
        Dictionary<string, object?> each => [.. each.Values],
        _ => null,
    };

    private static bool IsOld(Dictionary<string, object?> answer, DateTimeOffset now)
    {
        foreach (string name in s_times)
        {
            if (answer.TryGetValue(name, out object? value) && Time(value) is { } time && (now - time).Duration() > s_oldest)
                return true;
        }
        return false;
    }

    /// <summary>Returns the time of a text or a number: seconds since 1970, or milliseconds for numbers that would be thousands of years in seconds.</summary>
    private static DateTimeOffset? Time(object? value)
    {
        if (value is string text && LenientJson.Date(text) is { } date)
            return date;
        if (LenientJson.Reading(value) is not { } number)
            return null;
        double seconds = number > 1e11 ? number / 1000 : number;
        // A number that would be before 2001 is a duration or a count.
        return seconds is > 1e9 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
    }

    private static double? Highest(GpuMetrics[] gpus)
    {
        double? highest = null;
        foreach (var gpu in gpus)
        {
            if (gpu.Utilization is { } value && !(value <= highest))
                highest = value;
        }
        return highest;
    }

    private static TimeSpan? Duration(double? seconds) =>
        seconds is { } known && known < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromTicks((long)(known * TimeSpan.TicksPerSecond)) : null;
}
