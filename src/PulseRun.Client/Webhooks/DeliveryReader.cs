using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using System.Text.Json;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Core.Webhooks;

namespace PulseRun.Client.Webhooks;

/// <summary>Checks deliveries, drops repeats, and makes events of the rest.</summary>
internal sealed class DeliveryReader : IDisposable
{
    /// <summary>The number of ids that are remembered, the newest ones. A sender repeats a delivery within hours.</summary>
    private const int MaxKnown = 10_000;

    /// <summary>The names of the headers of Standard Webhooks. Some senders use the older ones.</summary>
    private static readonly string[] s_prefixes = ["webhook-", "svix-"];

    private readonly WebhookListenerOptions _options;
    private readonly Redactor _redactor;
    private readonly object _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private int _count;

    public DeliveryReader(WebhookListenerOptions options)
    {
        _options = options;
        using var none = new SecureString();
        _redactor = new Redactor(options.Secret ?? none);
    }

    /// <summary>True when as many events as were asked for have been passed on.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
                return _count >= _options.MaxEvents;
        }
    }

    /// <summary>Passes the event of a delivery on, unless it is a repeat or not asked for. Returns the status of the answer.</summary>
    public int Accept(DeliveryRequest request, Action<WebhookEvent> received, Action<string> refused)
    {
        bool isStandard = false;
        if (_options.Secret is not null && !IsSigned(request, out isStandard))
        {
            refused("A delivery was refused with status 401: it has no valid signature.");
            return 401;
        }
        if (Parse(request.Body) is not { } body)
        {
            refused("A delivery was refused with status 400: its body is not a JSON object.");
            return 400;
        }
        string? id = IdOf(request, new ResourceFields(body, _redactor), isStandard);
        var made = Read(body, id);
        lock (_lock)
        {
            // An event that is not passed on must be delivered again later.
            if (_count >= _options.MaxEvents)
                return 503;
            if (id is not null && _known.Contains(id))
                return 200;
            if (_options.Events.Count == 0 || _options.Events.Contains(made.Type ?? "", StringComparer.OrdinalIgnoreCase))
            {
                received(made);
                _count++;
            }
            Remember(id);
            return 200;
        }
    }

    public void Dispose() => _redactor.Dispose();

    private void Remember(string? id)
    {
        if (id is null || !_known.Add(id))
            return;
        _order.Enqueue(id);
        if (_order.Count > MaxKnown)
            _known.Remove(_order.Dequeue());
    }

    private static Dictionary<string, object?>? Parse(byte[] body)
    {
        try
        {
            return JsonValues.Parse(body) as Dictionary<string, object?>;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsSigned(DeliveryRequest request, out bool isStandard)
    {
        var headers = request.Headers;
        string? prefix = s_prefixes.FirstOrDefault(one => headers.ContainsKey(one + "signature"));
        isStandard = _options.Scheme is { } scheme ? scheme == WebhookScheme.StandardWebhooks : prefix is not null;
        if (isStandard)
            return prefix is not null && IsValid(WebhookScheme.StandardWebhooks, request, [headers[prefix + "signature"]], Header(headers, prefix + "id"), Header(headers, prefix + "timestamp"));
        // The name of the header is not documented either.
        var signatures = headers.Where(static header => header.Key.IndexOf("signature", StringComparison.OrdinalIgnoreCase) >= 0).Select(static header => header.Value).ToArray();
        return ((WebhookScheme[])(_options.Scheme is { } one ? [one] : [WebhookScheme.HmacHex, WebhookScheme.HmacBase64])).Any(kind => IsValid(kind, request, signatures, null, null));
    }

    private bool IsValid(WebhookScheme scheme, DeliveryRequest request, string[] signatures, string? id, string? timestamp) =>
        WebhookSignature.IsValid(scheme, request.Body, _options.Secret, signatures, id, timestamp, _options.Tolerance, DateTimeOffset.UtcNow);

    /// <summary>Returns the id that repeats share; null when there is none. With a signature, a signed id is taken, as any other could be changed to repeat an event.</summary>
    private string? IdOf(DeliveryRequest request, ResourceFields body, bool isStandard)
    {
        string? sent = s_prefixes.Select(prefix => Header(request.Headers, prefix + "id")).FirstOrDefault(static id => id is { Length: > 0 });
        string? inBody = body.Text("id", "event_id");
        string? id = _options.Secret is null || isStandard ? sent ?? inBody : inBody ?? sent;
        return id is null ? null : _redactor.Value(id);
    }

    private WebhookEvent Read(Dictionary<string, object?> body, string? id)
    {
        var fields = new ResourceFields(body, _redactor);
        var all = fields.Rest();
        string? type = fields.Text("type", "event", "event_type");
        return new WebhookEvent
        {
            Id = id,
            Type = type,
            InstanceId = fields.Text("instance_id") ?? fields.Inner("data", "instance_id") ?? fields.Inner("payload", "instance_id") ?? fields.Inner("instance", "id") ?? Nested(body),
            CreatedAt = fields.Date("created_at", "timestamp", "occurred_at", "time"),
            ReceivedAt = DateTimeOffset.UtcNow,
            Verified = _options.Secret is not null,
            Data = all,
        };
    }

    /// <summary>Returns the id in <c>{"data":{"instance":{"id":"..."}}}</c>.</summary>
    private string? Nested(Dictionary<string, object?> body) =>
        body.TryGetValue("data", out object? data) && data is Dictionary<string, object?> map ? new ResourceFields(map, _redactor).Inner("instance", "id") : null;

    private static string? Header(Dictionary<string, string> headers, string name) => headers.TryGetValue(name, out string? value) ? value : null;
}
