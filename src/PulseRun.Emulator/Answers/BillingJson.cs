using System.Linq;
using System.Text.Json.Nodes;
using PulseRun.Emulation.Estate;
using PulseRun.Emulation.Faults;
using PulseRun.Emulation.Http;

namespace PulseRun.Emulation.Answers;

/// <summary>The balance and the transactions.</summary>
internal static class BillingJson
{
    public static Reply Balance(Ledger ledger) => new(200, new JsonObject { ["balance"] = ledger.Balance, ["currency"] = "usd" });

    /// <summary>The rows, newest first.</summary>
    public static Reply Transactions(Ledger ledger, Route route, FaultSet faults)
    {
        string? type = Query.Value(route.QueryText, "type");
        if (type is not null && !Ledger.Types.Contains(type))
            return Problem.Validation("query", [new FieldProblem("type", "Input should be one of " + string.Join(", ", Ledger.Types), "enum")]);
        var list = new JsonArray();
        foreach (LedgerEntry row in ledger.Rows.Reverse().Where(row => type is null || row.Type == type))
            list.Add((JsonNode)Write(row, faults));
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
