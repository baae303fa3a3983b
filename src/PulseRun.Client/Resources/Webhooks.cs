using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;
using PulseRun.Core.Text;
using Refit;

namespace PulseRun.Client;

/// <content>Webhooks.</content>
internal static partial class Operations
{
    public static readonly Operation ListWebhooks = new("GET", ApiPaths.Webhooks, "Listing the webhooks", ErrorIds.FeatureUnavailable, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation CreateWebhook = new("POST", ApiPaths.Webhooks, "Creating the webhook", ErrorIds.FeatureUnavailable, Resend.OnlyIfUnsent, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation ReplaceWebhook = new("PUT", ApiPaths.Webhook, "Changing webhook {0}", ErrorIds.WebhookNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation RemoveWebhook = new("DELETE", ApiPaths.Webhook, "Removing webhook {0}", ErrorIds.WebhookNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>Webhooks.</content>
internal sealed partial class PulseRunClient
{
    private IWebhooksApi? _webhooksApi;
    private ResourceCalls<Webhook>? _webhooks;

    private IWebhooksApi WebhooksApi => _webhooksApi ??= RestService.ForGenerated<IWebhooksApi>(_http, Settings());

    private ResourceCalls<Webhook> Webhooks => _webhooks ??= new(
        "webhook", Operations.ListWebhooks, "The documentation lists GET and POST /v1/webhooks.", _api, _executor, _redactor, _context,
        (cursor, attempt) => WebhooksApi.ListWebhooks(cursor, attempt, attempt.Token), ReadWebhook, static webhook => webhook.Id);

    public Task<IReadOnlyList<Webhook>> GetWebhooksAsync(ICallObserver observer, CancellationToken cancel) => Webhooks.ListAsync(observer, cancel);

    public Task<Webhook> CreateWebhookAsync(WebhookRequest request, ICallObserver observer, CancellationToken cancel) => Webhooks.CreateAsync(
        Operations.CreateWebhook,
        "webhook",
        attempt => WebhooksApi.CreateWebhook(Body(request), attempt, attempt.Token),
        made => Complete(made, request),
        listed => listed.Uri == request.Url && new HashSet<string>(listed.Events, StringComparer.OrdinalIgnoreCase).SetEquals(request.Events ?? []),
        observer,
        cancel);

    public async Task<Webhook> SetWebhookAsync(Webhook known, WebhookRequest request, ICallObserver observer, CancellationToken cancel)
    {
        // A PUT may replace the whole object, so all known values are sent.
        var whole = request with { Url = request.Url ?? known.Uri, Events = request.Events ?? known.Events, Enabled = request.Enabled ?? known.Enabled };
        var answer = await Webhooks.ReplaceAsync(Operations.ReplaceWebhook, known.Id, attempt => WebhooksApi.ReplaceWebhook(known.Id, Body(whole), attempt, attempt.Token), observer, cancel);
        return Complete(answer is { } now && (now.Id.Length == 0 || now.Id == known.Id) ? now : new Webhook { Origin = _context }, whole, known);
    }

    public Task RemoveWebhookAsync(string id, ICallObserver observer, CancellationToken cancel) =>
        Webhooks.RemoveAsync(Operations.RemoveWebhook, id, attempt => WebhooksApi.RemoveWebhook(id, attempt, attempt.Token), observer, cancel);

    private static JsonContent Body(WebhookRequest request) => JsonContent.Create(
        new WebhookWire(request.Url, request.Events, request.Enabled, request.Secret is { } secret ? SecretText.Use(secret, static plain => new string(plain)) : null),
        ApiJsonContext.Default.WebhookWire);

    private Webhook ReadWebhook(ResourceFields fields) => new()
    {
        Id = fields.Text("id", "webhook_id") ?? "",
        Uri = fields.Address("url", "uri", "endpoint"),
        Events = fields.Texts("events", "event_types") ?? [],
        Enabled = fields.Flag("enabled", "active", "is_active"),
        Secret = fields.Secret("secret", "signing_secret"),
        CreatedAt = fields.Date("created_at"),
        AdditionalProperties = fields.Rest(),
        Origin = _context,
    };

    /// <summary>Fills in what a short answer left out with what was sent, and with what was known before.</summary>
    private static Webhook Complete(Webhook made, WebhookRequest sent, Webhook? known = null) => new()
    {
        Id = made.Id.Length > 0 ? made.Id : known?.Id ?? "",
        Uri = made.Uri ?? sent.Url,
        Events = made.Events.Count > 0 ? made.Events : sent.Events ?? [],
        Enabled = made.Enabled ?? sent.Enabled,
        Secret = made.Secret ?? sent.Secret,
        CreatedAt = made.CreatedAt ?? known?.CreatedAt,
        AdditionalProperties = made.AdditionalProperties,
        Origin = made.Origin,
    };
}

/// <summary>Represents the request body of a webhook (docs/dev/api.md). The secret and the flag are not documented, so they are sent only when they were given.</summary>
internal sealed record WebhookWire(string? Url, IReadOnlyList<string>? Events, bool? Enabled, string? Secret);

/// <summary>Declares the endpoints of webhooks.</summary>
internal interface IWebhooksApi
{
    [Get(ApiPaths.Webhooks)]
    Task ListWebhooks(string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Webhooks)]
    Task CreateWebhook([Body] HttpContent body, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Put(ApiPaths.Webhook)]
    Task ReplaceWebhook(string id, [Body] HttpContent body, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete(ApiPaths.Webhook)]
    Task RemoveWebhook(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
