using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Resources;

/// <summary>Creates the JSON of a list: filters it, divides it into pages, and adds the envelope.</summary>
internal static class ListJson
{
    private const string Loop = "c_loop";
    private static readonly Uri s_foreign = new("https://elsewhere.pulserun.invalid/v1/instances");

    /// <summary>Returns the list of instances.</summary>
    public static Reply Instances(Exchange it)
    {
        string? status = it.Faults.Has(EmulatorFaultKind.StatusFilterIgnored) ? null : Query.Value(it.Route.QueryText, "status");
        string filter = status is null ? "" : "&status=" + Uri.EscapeDataString(status);
        return Write(
            it,
            "instances",
            it.Fleet.Machines.Where(instance => status is null || instance.Is(status))
                .Select(instance => new ListRow(instance.Sequence, instance.CreatedAt, () => InstanceJson.Write(instance, it.Faults))),
            filter);
    }

    /// <summary>Returns a list of any resource.</summary>
    /// <param name="it">The request.</param>
    /// <param name="name">The name of the resource in the plural, for one form of the envelope.</param>
    /// <param name="all">The rows in the order of their sequence.</param>
    /// <param name="filter">The rest of the query that the address of the next page repeats.</param>
    public static Reply Write(Exchange it, string name, IEnumerable<ListRow> all, string filter = "")
    {
        if (!TryReadCursor(it.Route, out long after))
            return Problem.Validation("query", [new FieldProblem("cursor", "Unknown cursor", "value_error")]);
        IEnumerable<ListRow> rows = all.Where(row => row.Sequence > after);
        if (it.Faults.Of(EmulatorFaultKind.ListLag) is { } lag)
        {
            DateTimeOffset seen = it.Now - (lag.Duration ?? TimeSpan.FromSeconds(30));
            rows = rows.Where(row => row.CreatedAt <= seen);
        }
        return new Reply(200, Envelope([.. rows], it, name, filter));
    }

    private static JsonNode Envelope(List<ListRow> rows, Exchange it, string name, string filter)
    {
        FaultSet faults = it.Faults;
        EmulatorFault? paging = faults.Of(EmulatorFaultKind.CursorLoop) ?? faults.Of(EmulatorFaultKind.ForeignNext)
            ?? faults.Of(EmulatorFaultKind.ListCut) ?? faults.Of(EmulatorFaultKind.Paging);
        int size = paging is null ? rows.Count : paging.Count ?? 2;
        bool more = rows.Count > size;
        var list = new JsonArray();
        foreach (ListRow row in rows.Take(size))
            list.Add((JsonNode)row.Json());
        EmulatorFault? envelope = faults.Of(EmulatorFaultKind.ListEnvelope);
        if (paging is null && FaultSet.IsForm(envelope, "Bare"))
            return list;
        var json = new JsonObject { [FaultSet.IsForm(envelope, "Instances") ? name : "data"] = list };
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
                json["next"] = more ? it.Call.Origin + it.Route.Path + "?cursor=" + cursor + filter : null;
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

/// <param name="Sequence">The permanent position in the list, which cursors refer to.</param>
/// <param name="CreatedAt">The time of creation, for lists that lag.</param>
/// <param name="Json">Creates the JSON of the row.</param>
internal sealed record ListRow(long Sequence, DateTimeOffset CreatedAt, Func<JsonObject> Json);
