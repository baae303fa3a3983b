using System.Collections.Generic;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>Creates the JSON of an instance.</summary>
internal static class InstanceJson
{
    private static readonly string[] s_leftOut = ["ip", "region"];

    public static JsonObject Write(SimulatedInstance instance, FaultSet faults)
    {
        string status = faults.Of(EmulatorFaultKind.UnknownStatus) is { } unknown ? unknown.Text ?? "hibernating" : instance.Status;
        Connection? reachable = instance.Reachable;
        var json = new JsonObject
        {
            ["id"] = instance.Id,
            ["status"] = status,
            ["gpu"] = instance.Gpu,
            ["gpu_name"] = instance.GpuName,
            ["provider"] = instance.Provider,
            ["region"] = instance.Region,
            ["ip"] = reachable?.Ip,
            ["ssh_command"] = reachable?.SshCommand,
            ["jupyter_url"] = reachable?.JupyterUrl,
            ["cost_per_hour"] = instance.CostPerHour,
            ["template"] = instance.Template,
            ["spot"] = instance.Spot,
            ["started_at"] = Dates.Write(instance.StartedAt, faults),
            ["created_at"] = Dates.Write(instance.CreatedAt, faults),
        };
        ChangeFields(json, faults);
        return json;
    }

    /// <summary>Adds and removes the fields that faults name.</summary>
    public static JsonObject ChangeFields(JsonObject json, FaultSet faults)
    {
        if (faults.Of(EmulatorFaultKind.ExtraFields) is { } extra)
            AddFields(json, extra);
        RemoveFields(json, faults);
        return json;
    }

    public static void RemoveFields(JsonObject json, FaultSet faults)
    {
        if (faults.Of(EmulatorFaultKind.MissingFields) is not { } missing)
            return;
        foreach (string name in missing.Names.Count > 0 ? missing.Names : s_leftOut)
            json.Remove(name);
    }

    private static void AddFields(JsonObject json, EmulatorFault extra)
    {
        string text = extra.Text ?? "extra";
        IReadOnlyList<string> names = extra.Names;
        foreach (string name in names)
            json[name] = text;
        if (names.Count > 0)
            return;
        json["notes"] = text;
        json["gpu_count"] = 2;
        json["uptime_ratio"] = 0.995m;
        json["reserved"] = false;
        json["owner"] = null;
        json["tags"] = new JsonArray("a", "b");
        json["labels"] = new JsonObject { ["team"] = "vision" };
    }
}
