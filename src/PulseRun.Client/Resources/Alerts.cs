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
using Refit;

namespace PulseRun.Client;

/// <content>Alerts.</content>
internal static partial class Operations
{
    public static readonly Operation ListAlerts = new("GET", ApiPaths.Alerts, "Listing the alerts", ErrorIds.FeatureUnavailable, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation CreateAlert = new("POST", ApiPaths.Alerts, "Creating the alert", ErrorIds.FeatureUnavailable, Resend.OnlyIfUnsent, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation RemoveAlert = new("DELETE", ApiPaths.Alert, "Removing alert {0}", ErrorIds.AlertNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>Alerts.</content>
internal sealed partial class PulseRunClient
{
    private IAlertsApi? _alertsApi;
    private ResourceCalls<Alert>? _alerts;

    private IAlertsApi AlertsApi => _alertsApi ??= RestService.ForGenerated<IAlertsApi>(_http, Settings());

    private ResourceCalls<Alert> Alerts => _alerts ??= new(
        "alert", Operations.ListAlerts, "The documentation lists GET and POST /v1/alerts.", _api, _executor, _redactor, _context,
        (cursor, attempt) => AlertsApi.ListAlerts(cursor, attempt, attempt.Token), ReadAlert, static alert => alert.Id);

    public Task<IReadOnlyList<Alert>> GetAlertsAsync(ICallObserver observer, CancellationToken cancel) => Alerts.ListAsync(observer, cancel);

    public Task<Alert> CreateAlertAsync(AlertRequest request, ICallObserver observer, CancellationToken cancel) => Alerts.CreateAsync(
        Operations.CreateAlert,
        request.ToString(),
        attempt => AlertsApi.CreateAlert(JsonContent.Create(AlertWire.From(request), ApiJsonContext.Default.AlertWire), attempt, attempt.Token),
        made => Complete(made, request),
        listed => listed.Triggered is not true && listed.PriceBelow == request.PriceBelow && listed.SpendAbove == request.SpendAbove
            && string.Equals(listed.Gpu, request.Gpu, StringComparison.OrdinalIgnoreCase),
        observer,
        cancel);

    public Task RemoveAlertAsync(string id, ICallObserver observer, CancellationToken cancel) =>
        Alerts.RemoveAsync(Operations.RemoveAlert, id, attempt => AlertsApi.RemoveAlert(id, attempt, attempt.Token), observer, cancel);

    private Alert ReadAlert(ResourceFields fields)
    {
        bool? triggered = fields.Flag("triggered", "is_triggered");
        DateTimeOffset? triggeredAt = fields.Date("triggered_at", "last_triggered_at");
        if (triggered is null && (triggeredAt is not null || string.Equals(fields.Peek("status"), "triggered", StringComparison.OrdinalIgnoreCase)))
            triggered = true;
        return new Alert
        {
            Id = fields.Text("id", "alert_id") ?? "",
            Type = fields.Text("type", "alert_type"),
            Gpu = fields.Text("gpu_type", "gpu"),
            PriceBelow = fields.Money("threshold_price"),
            SpendAbove = fields.Money("threshold_dollars"),
            Action = fields.Text("action"),
            Triggered = triggered,
            TriggeredAt = triggeredAt,
            CreatedAt = fields.Date("created_at"),
            AdditionalProperties = fields.Rest(),
            Origin = _context,
        };
    }

    /// <summary>Fills in what a short answer left out with what was sent.</summary>
    private static Alert Complete(Alert made, AlertRequest sent) => new()
    {
        Id = made.Id,
        Type = made.Type ?? sent.Type,
        Gpu = made.Gpu ?? sent.Gpu,
        PriceBelow = made.PriceBelow ?? sent.PriceBelow,
        SpendAbove = made.SpendAbove ?? sent.SpendAbove,
        Action = made.Action ?? "notify",
        Triggered = made.Triggered,
        TriggeredAt = made.TriggeredAt,
        CreatedAt = made.CreatedAt,
        AdditionalProperties = made.AdditionalProperties,
        Origin = made.Origin,
    };
}

/// <summary>Represents the request body of an alert (docs/dev/api.md).</summary>
internal sealed record AlertWire(string Type, string Action, string? GpuType, decimal? ThresholdPrice, decimal? ThresholdDollars)
{
    public static AlertWire From(AlertRequest request) => new(request.Type, "notify", request.Gpu, request.PriceBelow, request.SpendAbove);
}

/// <summary>Declares the endpoints of alerts.</summary>
internal interface IAlertsApi
{
    [Get(ApiPaths.Alerts)]
    Task ListAlerts(string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Alerts)]
    Task CreateAlert([Body] HttpContent body, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete(ApiPaths.Alert)]
    Task RemoveAlert(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
