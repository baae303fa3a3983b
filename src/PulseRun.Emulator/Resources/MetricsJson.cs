using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;

namespace PulseRun.Emulator.Resources;

/// <summary>Creates the JSON of an instance's metrics.</summary>
internal static class MetricsJson
{
    public static JsonObject Write(EmulatorReading reading, TimeSpan uptime, FaultSet faults)
    {
        bool zero = faults.Has(EmulatorFaultKind.MetricsZero);
        bool blank = faults.Has(EmulatorFaultKind.MetricsNull);
        JsonNode? Number(double? value) => blank ? null : zero ? 0 : Percent(value);

        EmulatorFault? form = faults.Of(EmulatorFaultKind.MetricsForm);
        bool suffix = FaultSet.IsForm(form, "Suffix");
        bool objects = FaultSet.IsForm(form, "GpusObjects");
        bool perGpu = objects || FaultSet.IsForm(form, "GpusNumbers");
        string percent = suffix ? "_percent" : "";
        var json = new JsonObject();
        if (!perGpu)
        {
            json["gpu_utilization" + percent] = Number(reading.GpuUtilization);
            json["memory_usage" + percent] = Number(reading.MemoryUsage);
        }
        json["disk_usage" + percent] = Number(reading.DiskUsage);
        json["uptime" + (suffix ? "_seconds" : "")] = blank ? null : Math.Floor(uptime.TotalSeconds);
        IReadOnlyList<double?> gpus = perGpu && reading.Gpus.Count == 0 ? Spread(reading.GpuUtilization, form!.Count ?? 2) : reading.Gpus;
        if (gpus.Count > 0)
        {
            JsonNode?[] rows = [.. gpus.Select((value, index) => objects
                ? new JsonObject { ["index"] = index, ["gpu_utilization"] = Number(value), ["memory_usage"] = Number(reading.MemoryUsage) }
                : Number(value))];
            json["gpus"] = new JsonArray(rows);
        }
        InstanceJson.RemoveFields(json, faults);
        return json;
    }

    /// <summary>Divides one reading among several GPUs: the first has the whole load, the others have half of it.</summary>
    private static List<double?> Spread(double? value, int count) =>
        [.. Enumerable.Range(0, count).Select(index => index == 0 ? value : value / 2)];

    private static JsonNode? Percent(double? value) => value switch
    {
        null => null,
        // JSON has no NaN and no infinity; Python services write them as text, if at all.
        { } number when double.IsNaN(number) || double.IsInfinity(number) => "NaN",
        { } number => Math.Round(number, 1),
    };
}
