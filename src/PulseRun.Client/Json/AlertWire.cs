namespace PulseRun.Client.Json;

/// <summary>Represents the request body of an alert (docs/dev/api.md). Null properties are not sent.</summary>
internal sealed record AlertWire(string Type, string Action, string? GpuType, decimal? ThresholdPrice, decimal? ThresholdDollars)
{
    public static AlertWire From(AlertRequest request) => new(request.Type, "notify", request.Gpu, request.PriceBelow, request.SpendAbove);
}

/// <summary>Represents the request body of a schedule (docs/dev/api.md). Null properties are not sent.</summary>
internal sealed record ScheduleWire(
    string? Name,
    string? Gpu,
    string? Template,
    string? Cron,
    decimal? MaxDurationHours,
    decimal? MaxCost,
    bool? PreferSpot,
    string? DockerImage,
    string? StartupScript)
{
    public static ScheduleWire From(ScheduleRequest request) => new(
        request.Name,
        request.Gpu,
        request.Template,
        request.Cron,
        request.MaxDurationHours,
        request.MaxCost,
        request.Spot,
        request.DockerImage,
        request.StartupScript);
}

/// <summary>Represents the request body of a webhook (docs/dev/api.md). The secret and the flag are not documented, so they are sent only when they were given. Null properties are not sent.</summary>
internal sealed record WebhookWire(string? Url, System.Collections.Generic.IReadOnlyList<string>? Events, bool? Enabled, string? Secret);
