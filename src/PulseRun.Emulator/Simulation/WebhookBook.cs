using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using PulseRun.Core.Webhooks;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the webhooks, and sends events to those with a loopback address.</summary>
internal sealed class WebhookBook(int seed, WebhookSender sender)
{
    private readonly List<SimulatedWebhook> _webhooks = [];
    private long _sequence;
    private long _events;

    public IReadOnlyList<SimulatedWebhook> All => _webhooks;

    public SimulatedWebhook Add(WebhookOrder order, DateTimeOffset now)
    {
        long number = ++_sequence;
        var webhook = new SimulatedWebhook
        {
            Id = "wh_" + DeterministicRandom.Base36(10, seed, "webhook", number),
            Sequence = number,
            CreatedAt = now,
            Order = order,
            Secret = order.Secret ?? WebhookSignature.SecretPrefix + Convert.ToBase64String(Encoding.ASCII.GetBytes(DeterministicRandom.Base36(24, seed, "webhook secret", number))),
        };
        _webhooks.Add(webhook);
        return webhook;
    }

    public SimulatedWebhook? Find(string id) => _webhooks.Find(webhook => webhook.Id == id);

    public void Remove(SimulatedWebhook webhook) => _webhooks.Remove(webhook);

    /// <summary>Sends an event to each webhook that asked for it.</summary>
    public void Raise(string name, DateTimeOffset now, Func<JsonObject> data)
    {
        foreach (SimulatedWebhook webhook in _webhooks.Where(webhook => webhook.Order.Enabled && webhook.Order.Events.Contains(name)))
        {
            string id = "evt_" + DeterministicRandom.Base36(12, seed, "event", ++_events);
            var body = new JsonObject
            {
                ["id"] = id,
                ["type"] = name,
                ["created_at"] = now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["data"] = data(),
            };
            if (Uri.TryCreate(webhook.Order.Url, UriKind.Absolute, out Uri? address) && address.IsLoopback)
                sender.Send(address, WebhookSignature.KeyOf(webhook.Secret), id, JsonText.Write(body));
        }
    }
}

/// <summary>Represents the valid values of a webhook.</summary>
internal sealed record WebhookOrder(string Url, IReadOnlyList<string> Events, bool Enabled, string? Secret);

/// <summary>Represents one webhook.</summary>
internal sealed class SimulatedWebhook
{
    public required string Id { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required WebhookOrder Order { get; set; }

    public required string Secret { get; set; }
}
