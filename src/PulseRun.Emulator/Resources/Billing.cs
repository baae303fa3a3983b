using System;
using System.Linq;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <content>The balance and the transactions.</content>
internal static partial class Routes
{
    private static Endpoint[] Billing() =>
    [
        new("GET", ApiPaths.Balance, Traits.None, IfAllowed(static it => new Reply(200, new JsonObject { ["balance"] = it.Fleet.Ledger.Balance, ["currency"] = "usd" }))),
        new("GET", ApiPaths.Transactions, Traits.Dates, IfAllowed(Transactions)),
    ];

    private static Func<Exchange, Reply> IfAllowed(Func<Exchange, Reply> serve) => it =>
        it.AllowBilling ? serve(it) : Problem.Detail(403, "This API key lacks the 'billing' permission.");

    /// <summary>Returns the transactions, newest first.</summary>
    private static Reply Transactions(Exchange it)
    {
        string? type = Query.Value(it.Route.QueryText, "type");
        if (type is not null && !Ledger.Types.Contains(type))
            return Problem.Validation("query", [new FieldProblem("type", "Input should be one of " + string.Join(", ", Ledger.Types), "enum")]);
        var list = new JsonArray();
        foreach (LedgerEntry row in it.Fleet.Ledger.Rows.Reverse().Where(row => type is null || row.Type == type))
            list.Add((JsonNode)Write(row, it.Faults));
        return new Reply(200, new JsonObject { ["data"] = list });
    }

    private static JsonObject Write(LedgerEntry row, FaultSet faults)
    {
        var json = new JsonObject
        {
            ["id"] = row.Id,
            ["type"] = row.Type,
            ["amount"] = row.Amount,
            ["balance_after"] = row.BalanceAfter,
            ["description"] = row.Description,
            ["created_at"] = Dates.Write(row.CreatedAt, faults),
        };
        if (row.InstanceId is not null)
            json["instance_id"] = row.InstanceId;
        return json;
    }
}
