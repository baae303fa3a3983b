using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <content>Alerts.</content>
internal static partial class Routes
{
    private static Endpoint[] Alerts() =>
    [
        new("GET", ApiPaths.Alerts, Traits.Objects | Traits.List | Traits.Dates, static it => ListJson.Write(it, "alerts", it.Automation.Alerts.All.Select(alert => new ListRow(alert.Sequence, alert.CreatedAt, () => Write(alert, it.Faults))))),
        new("POST", ApiPaths.Alerts, Traits.Objects | Traits.Acts | Traits.Dates, CreateAlert),
        new("DELETE", ApiPaths.Alert, Traits.Acts, static it => it.Automation.Alerts.Remove(it.Route.Id) ? new Reply(204) : Problem.Detail(404, "Alert '" + it.Route.Id + "' not found.")),
    ];

    private static Reply CreateAlert(Exchange it)
    {
        AlertBody? body = null;
        if (JsonFields.Read(it, json => body = new AlertBody(json)) is { } refused)
            return refused;
        if (body!.Problems.Count > 0)
            return Problem.Validation("body", body.Problems);
        return new Reply(201, Write(it.Automation.Alerts.Add(body.Type, body.Gpu, body.Price, body.Dollars, it.Now), it.Faults));
    }

    private static JsonObject Write(SimulatedAlert alert, FaultSet faults)
    {
        var json = new JsonObject
        {
            ["id"] = alert.Id,
            ["type"] = alert.Type,
            ["action"] = "notify",
            ["triggered"] = alert.TriggeredAt is not null,
            ["triggered_at"] = Dates.Write(alert.TriggeredAt, faults),
            ["created_at"] = Dates.Write(alert.CreatedAt, faults),
        };
        if (alert.Gpu is not null)
            json["gpu_type"] = alert.Gpu;
        if (alert.ThresholdPrice is not null)
            json["threshold_price"] = alert.ThresholdPrice;
        if (alert.ThresholdDollars is not null)
            json["threshold_dollars"] = alert.ThresholdDollars;
        return InstanceJson.ChangeFields(json, faults);
    }

    /// <summary>Reads the body of an alert.</summary>
    private sealed class AlertBody : JsonFields
    {
        private static readonly string[] s_types = [Alert.PriceDrop, Alert.BudgetLimit];

        public AlertBody(JsonElement body)
            : base(body)
        {
            if (!IsObject)
                return;
            Type = Text("type", required: true) is { } ? OneOf("type", s_types, Alert.BudgetLimit) : "";
            if (Text("action", required: true) is not null)
                OneOf("action", ["notify"], "notify");
            bool isPrice = Type == Alert.PriceDrop;
            Gpu = Text("gpu_type", required: isPrice);
            Price = Amount("threshold_price", isPrice);
            Dollars = Amount("threshold_dollars", Type == Alert.BudgetLimit);
            if (Gpu is not null && Catalogue.FindGpu(Gpu) is null)
                Problems.Add(new FieldProblem("gpu_type", "Unknown GPU type '" + Gpu + "'", "value_error"));
            RefuseOthers(["type", "action", "gpu_type", "threshold_price", "threshold_dollars"]);
        }

        public string Type { get; } = "";

        public string? Gpu { get; }

        public decimal? Price { get; }

        public decimal? Dollars { get; }

        private decimal? Amount(string field, bool required)
        {
            if (!TryGet(field, required, out _))
                return null;
            decimal? amount = Money(field);
            if (amount == 0)
                Problems.Add(new FieldProblem(field, "Input should be greater than 0", "greater_than"));
            return amount;
        }
    }
}
