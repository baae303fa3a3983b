using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>Creates the JSON of the list: filters it, divides it into pages, and adds the envelope.</summary>
internal static class ListJson
{
    private const string Loop = "c_loop";
    private static readonly Uri s_foreign = new("https://elsewhere.pulserun.invalid/v1/instances");

    public static Reply Write(IEnumerable<SimulatedInstance> instances, IncomingRequest request, Route route, FaultSet faults, DateTimeOffset now)
    {
        string? status = faults.Has(EmulatorFaultKind.StatusFilterIgnored) ? null : Query.Value(route.QueryText, "status");
        if (!TryReadCursor(route, out long after))
            return Problem.Validation("query", [new FieldProblem("cursor", "Unknown cursor", "value_error")]);
        IEnumerable<SimulatedInstance> rows = instances.Where(instance => instance.Sequence > after && (status is null || instance.Is(status)));
        if (faults.Of(EmulatorFaultKind.ListLag) is { } lag)
        {
            DateTimeOffset seen = now - (lag.Duration ?? TimeSpan.FromSeconds(30));
            rows = rows.Where(instance => instance.CreatedAt <= seen);
        }
        return new Reply(200, Envelope([.. rows], request, route, status, faults));
    }

    private static JsonNode Envelope(List<SimulatedInstance> rows, IncomingRequest request, Route route, string? status, FaultSet faults)
    {
        EmulatorFault? paging = faults.Of(EmulatorFaultKind.CursorLoop) ?? faults.Of(EmulatorFaultKind.ForeignNext)
            ?? faults.Of(EmulatorFaultKind.ListCut) ?? faults.Of(EmulatorFaultKind.Paging);
        int size = paging is null ? rows.Count : paging.Count ?? 2;
        bool more = rows.Count > size;
        var list = new JsonArray();
        foreach (SimulatedInstance instance in rows.Take(size))
            list.Add((JsonNode)InstanceJson.Write(instance, faults));
        EmulatorFault? envelope = faults.Of(EmulatorFaultKind.ListEnvelope);
        if (paging is null && FaultSet.IsForm(envelope, "Bare"))
            return list;
        var json = new JsonObject { [FaultSet.IsForm(envelope, "Instances") ? "instances" : "data"] = list };
        string cursor = more ? "c_" + rows[size - 1].Sequence.ToString(CultureInfo.InvariantCulture) : "";
        switch (paging?.Kind)
        {
            case EmulatorFaultKind.CursorLoop:
                json["next_cursor"] = Loop;
                break;
            case EmulatorFaultKind.ForeignNext:
                json["next"] = (paging.Url ?? s_foreign).OriginalString;
                break;
            case EmulatorFaultKind.ListCut:
                json["has_more"] = true;
                break;
            case EmulatorFaultKind.Paging when FaultSet.IsForm(paging, "Next"):
                string filter = status is null ? "" : "&status=" + Uri.EscapeDataString(status);
                json["next"] = more ? request.Origin + route.Path + "?cursor=" + cursor + filter : null;
                break;
            case EmulatorFaultKind.Paging:
                json["next_cursor"] = more ? cursor : null;
                break;
        }
        return json;
    }

    /// <summary>Parses the cursor of a request; returns false for an invalid one. A cursor is the position of the last returned row, so that rows which disappear between two pages do not shift the others.</summary>
    private static bool TryReadCursor(Route route, out long after)
    {
        after = 0;
        string? cursor = Query.Value(route.QueryText, "cursor");
        return cursor is null or Loop
            || (cursor.StartsWith("c_", StringComparison.Ordinal)
                && long.TryParse(cursor.Substring(2), NumberStyles.None, CultureInfo.InvariantCulture, out after));
    }
}
