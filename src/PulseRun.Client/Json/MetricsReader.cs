using System;
using System.Collections.Generic;
using System.Globalization;
using PulseRun.Client.Http;
using PulseRun.Core.Text;

namespace PulseRun.Client.Json;

/// <summary>Converts an answer to metrics, under any of the usual names.</summary>
internal static class MetricsReader
{
    private static readonly string[] s_ids = ["id", "instance_id"];
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
        return isNamed || IsForeignReference(id, answer, "instance") || IsForeignReference(id, answer, "instanceId");
    }

    /// <summary>Returns the metrics in an answer.</summary>
    /// <param name="id">The id of the requested instance.</param>
    /// <param name="answer">The answer as plain values.</param>
    /// <param name="origin">The connection.</param>
    /// <param name="skew">The server's clock minus the connection's; null when not known.</param>
    /// <param name="age">The age of the answer, as a cache between the server and this client gives it; null when none did.</param>
    /// <param name="redactor">Masks secrets in additional properties.</param>
    public static InstanceMetrics Read(string id, Dictionary<string, object?> answer, Context origin, TimeSpan? skew, TimeSpan? age, Redactor redactor)
    {
        var rest = new Dictionary<string, object?>(answer, StringComparer.Ordinal);
        foreach (string name in s_ids)
        {
            if (rest.TryGetValue(name, out object? value) && value is string text && text == id)
                rest.Remove(name);
        }
        DateTimeOffset now = origin.UtcNow;
        DateTimeOffset serverNow = now + (skew ?? TimeSpan.Zero);
        bool isDoubtful = MetricsDoubt.IsOld(age);
        GpuMetrics[] gpus = TakeGpus(rest, serverNow, ref isDoubtful);
        double? uptime = TakeOne(rest, "uptime"), seconds = TakeOne(rest, "uptime_seconds");
        double? utilization = TakePercent(rest, "gpu_utilization") ?? Highest(gpus);
        double? memory = TakePercent(rest, "memory_usage");
        return new InstanceMetrics
        {
            Id = id,
            SampledAt = now,
            GpuUtilization = utilization,
            MemoryUsage = memory,
            DiskUsage = TakePercent(rest, "disk_usage"),
            Uptime = Duration(uptime ?? seconds),
            Gpus = gpus,
            IsDoubtful = isDoubtful || MetricsDoubt.IsIn(rest, Higher(utilization, Highest(gpus)), memory, serverNow),
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
        double? reading = Number(value);
        if (reading is not null || IsMissing(value))
            from.Remove(name);
        return reading;
    }

    /// <summary>Returns a finite value that is not negative, also of a text with a percent sign; null for anything else.</summary>
    public static double? Number(object? value) =>
        LenientJson.Reading(value is string { Length: > 0 } text && text[text.Length - 1] == '%' ? text.Substring(0, text.Length - 1) : value);

    /// <summary>Returns true for a value that is unknown: null, an empty text, NaN, or a number that is not a reading.</summary>
    public static bool IsMissing(object? value) => value is null or long or decimal or double or "" or "NaN";

    /// <summary>Returns true when the answer refers to an instance, and it is another one. A text that is not of the form of an id may be the name of a host.</summary>
    private static bool IsForeignReference(string id, Dictionary<string, object?> answer, string name)
    {
        if (!answer.TryGetValue(name, out object? value))
            return false;
        if (value is Dictionary<string, object?> reference)
            value = reference.TryGetValue("id", out object? inner) ? inner : null;
        int form = id.IndexOf('_');
        return form > 0 && value is string text && text.StartsWith(id.Substring(0, form + 1), StringComparison.Ordinal) && !string.Equals(text, id, StringComparison.Ordinal);
    }

    /// <summary>Returns the metrics of the single GPUs; none and a doubt when the value cannot be read.</summary>
    private static GpuMetrics[] TakeGpus(Dictionary<string, object?> from, DateTimeOffset now, ref bool isDoubtful)
    {
        if (!from.TryGetValue("gpus", out object? value) || value is null)
            return [];
        if (Items(value) is not { } items)
        {
            isDoubtful = true;
            return [];
        }
        from.Remove("gpus");
        var gpus = new GpuMetrics[items.Length];
        for (int index = 0; index < items.Length; index++)
        {
            if (items[index] is Dictionary<string, object?> one)
            {
                gpus[index] = new GpuMetrics { Index = index, Utilization = TakeHighest(one, s_utilizations), MemoryUsage = TakeHighest(one, s_memories) };
                isDoubtful |= MetricsDoubt.IsIn(one, gpus[index].Utilization, gpus[index].MemoryUsage, now);
            }
            else
            {
                gpus[index] = new GpuMetrics { Index = index, Utilization = Number(items[index]) };
            }
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

    private static double? Higher(double? a, double? b) => b is { } known && !(known <= a) ? b : a;

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
