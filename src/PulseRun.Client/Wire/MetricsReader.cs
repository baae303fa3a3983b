using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using PulseRun.Client.Redaction;

namespace PulseRun.Client.Wire;

/// <summary>Makes metrics of what came, under any of the names of api.md section 5.</summary>
internal static class MetricsReader
{
    private static readonly string[] s_ids = ["id", "instance_id"];

    public static InstanceMetrics Read(string id, Dictionary<string, object?> answer, Context origin, Redactor redactor)
    {
        var rest = new Dictionary<string, object?>(answer, StringComparer.Ordinal);
        foreach (string name in s_ids)
        {
            if (rest.TryGetValue(name, out object? value) && value is string text && text == id)
                rest.Remove(name);
        }
        var gpus = TakeGpus(rest);
        double? utilization = TakePercent(rest, "gpu_utilization") ?? Highest(gpus);
        return new InstanceMetrics
        {
            Id = id,
            SampledAt = origin.UtcNow,
            GpuUtilization = utilization,
            MemoryUsage = TakePercent(rest, "memory_usage"),
            DiskUsage = TakePercent(rest, "disk_usage"),
            Uptime = Duration(Take(rest, "uptime", "uptime_seconds")),
            Gpus = gpus,
            AdditionalProperties = rest.Count == 0
                ? EmptyProperties.Instance
                : new ReadOnlyDictionary<string, object?>((Dictionary<string, object?>)redactor.Tree(rest)!),
            Origin = origin,
        };
    }

    private static double? TakePercent(Dictionary<string, object?> from, string name) => Take(from, name, name + "_percent");

    /// <summary>The first of the names that has a reading. A name whose value is a number or nothing is used up; anything else stays to be seen.</summary>
    private static double? Take(Dictionary<string, object?> from, string name, string otherName)
    {
        double? reading = TakeOne(from, name);
        double? other = TakeOne(from, otherName);
        return reading ?? other;
    }

    private static double? TakeOne(Dictionary<string, object?> from, string name)
    {
        if (!from.TryGetValue(name, out object? value))
            return null;
        double? reading = Loose.Reading(value);
        if (reading is not null || value is null or long or decimal or double || value is string { Length: 0 } or "NaN")
            from.Remove(name);
        return reading;
    }

    private static GpuMetrics[] TakeGpus(Dictionary<string, object?> from)
    {
        if (!from.TryGetValue("gpus", out object? value) || value is not object?[] items)
            return [];
        from.Remove("gpus");
        var gpus = new GpuMetrics[items.Length];
        for (int index = 0; index < items.Length; index++)
        {
            gpus[index] = items[index] is Dictionary<string, object?> one
                ? new GpuMetrics
                {
                    Index = index,
                    Utilization = TakePercent(one, "gpu_utilization") ?? TakePercent(one, "utilization"),
                    MemoryUsage = TakePercent(one, "memory_usage") ?? TakePercent(one, "memory"),
                }
                : new GpuMetrics { Index = index, Utilization = Loose.Reading(items[index]) };
        }
        return gpus;
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
