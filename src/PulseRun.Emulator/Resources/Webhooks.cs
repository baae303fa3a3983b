using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <content>Webhooks.</content>
internal static partial class Routes
{
    private static Endpoint[] Webhooks() =>
    [
        new("GET", ApiPaths.Webhooks, Traits.Objects | Traits.List | Traits.Dates, static it => ListJson.Write(it, "webhooks", it.Automation.Webhooks.All.Select(one => new ListRow(one.Sequence, one.CreatedAt, () => Write(one, it.Faults))))),
        new("POST", ApiPaths.Webhooks, Traits.Objects | Traits.Acts | Traits.Dates, CreateWebhook),
        new("PUT", ApiPaths.Webhook, Traits.Objects | Traits.Acts | Traits.Dates, OnWebhook(ReplaceWebhook)),
        new("DELETE", ApiPaths.Webhook, Traits.Acts, OnWebhook(static (it, webhook) =>
        {
            it.Automation.Webhooks.Remove(webhook);
            return new Reply(204);
        })),
    ];

    private static Func<Exchange, Reply> OnWebhook(Func<Exchange, SimulatedWebhook, Reply> serve) => it =>
        it.Automation.Webhooks.Find(it.Route.Id) is { } webhook ? serve(it, webhook) : Problem.Detail(404, "Webhook '" + it.Route.Id + "' not found.");

    private static Reply CreateWebhook(Exchange it)
    {
        WebhookBody? body = null;
        if (JsonFields.Read(it, json => body = new WebhookBody(json)) is { } refused)
            return refused;
        if (body!.Order is not { } order)
            return Problem.Validation("body", body.Problems);
        SimulatedWebhook made = it.Automation.Webhooks.Add(order, it.Now);
        JsonObject json = Write(made, it.Faults);
        // The secret is shown only in this answer, as services do.
        json["secret"] = made.Secret;
        return new Reply(201, json);
    }

    private static Reply ReplaceWebhook(Exchange it, SimulatedWebhook webhook)
    {
        WebhookBody? body = null;
        if (JsonFields.Read(it, json => body = new WebhookBody(json)) is { } refused)
            return refused;
        if (body!.Order is not { } order)
            return Problem.Validation("body", body.Problems);
        webhook.Order = order;
        webhook.Secret = order.Secret ?? webhook.Secret;
        return new Reply(200, Write(webhook, it.Faults));
    }

    private static JsonObject Write(SimulatedWebhook webhook, FaultSet faults)
    {
        var json = new JsonObject
        {
            ["id"] = webhook.Id,
            ["url"] = webhook.Order.Url,
            ["events"] = new JsonArray([.. webhook.Order.Events.Select(static name => (JsonNode)name!)]),
            ["enabled"] = webhook.Order.Enabled,
            ["created_at"] = Dates.Write(webhook.CreatedAt, faults),
        };
        return InstanceJson.ChangeFields(json, faults);
    }

    /// <summary>Reads the body of a webhook.</summary>
    private sealed class WebhookBody : JsonFields
    {
        public WebhookBody(JsonElement body)
            : base(body)
        {
            if (!IsObject)
                return;
            string? url = Text("url", required: true);
            IReadOnlyList<string>? events = Texts("events", required: true);
            bool enabled = FlagOrNull("enabled") ?? true;
            string? secret = Text("secret");
            RefuseOthers(["url", "events", "enabled", "secret"]);
            if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && (address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))))
                Problems.Add(new FieldProblem("url", "Input should be an https URL", "url_scheme"));
            if (events is { Count: 0 })
                Problems.Add(new FieldProblem("events", "List should have at least 1 item", "too_short"));
            if (Problems.Count == 0)
                Order = new WebhookOrder(url!, events!, enabled, secret);
        }

        /// <summary>Gets the values; null when the body has errors.</summary>
        public WebhookOrder? Order { get; }
    }
}
