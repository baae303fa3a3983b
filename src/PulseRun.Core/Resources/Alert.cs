using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents an alert of the account: a notification when a GPU gets cheap, or when the account has spent an amount.</summary>
/// <remarks>The service documents what it accepts, and not what it answers. A property that the server did not send is null.</remarks>
public sealed class Alert
{
    internal const string PriceDrop = "price_drop";
    internal const string BudgetLimit = "budget_limit";

    private readonly PropertyBag _additional = PropertyBag.None;

    /// <summary>Gets the id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the kind as the server writes it: <c>price_drop</c>, <c>budget_limit</c>, or another.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the slug of the GPU type; null for an alert that is about no GPU.</summary>
    public string? Gpu { get; init; }

    /// <summary>Gets the price below which the alert is triggered, in dollars per hour; null for another kind.</summary>
    public decimal? PriceBelow { get; init; }

    /// <summary>Gets the spending above which the alert is triggered, in dollars; null for another kind.</summary>
    public decimal? SpendAbove { get; init; }

    /// <summary>Gets what the server does when the alert is triggered: <c>notify</c>, or another.</summary>
    public string? Action { get; init; }

    /// <summary>Gets a value that is true when the alert was triggered; null when the server does not say so.</summary>
    public bool? Triggered { get; init; }

    /// <summary>Gets the time at which the alert was triggered (UTC).</summary>
    public DateTimeOffset? TriggeredAt { get; init; }

    /// <summary>Gets the time at which the alert was created (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the connection that the alert was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point. For files: <c>Get-PRAlert | ForEach-Object ToRow | Export-Csv alerts.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}

/// <summary>Represents an alert to create: either a price of a GPU, or an amount of spending.</summary>
internal sealed record AlertRequest
{
    public string? Gpu { get; init; }

    public decimal? PriceBelow { get; init; }

    public decimal? SpendAbove { get; init; }

    public string Type => PriceBelow is null ? Alert.BudgetLimit : Alert.PriceDrop;

    /// <summary>Returns an InvalidRequest for the first invalid field; null when there is none.</summary>
    public PulseRunException? Check() =>
        PriceBelow is <= 0 ? Refuse(nameof(PriceBelow), "the price must be more than 0.")
        : SpendAbove is <= 0 ? Refuse(nameof(SpendAbove), "the amount must be more than 0.")
        : PriceBelow is not null && string.IsNullOrWhiteSpace(Gpu) ? Refuse(nameof(Gpu), "a price alert needs a GPU type, for example a100_80gb.")
        : null;

    private static PulseRunException Refuse(string field, string why) => new(ErrorIds.InvalidRequest, "Nothing was sent: " + field + ": " + why) { Field = field };

    /// <summary>Returns a short description for messages.</summary>
    public override string ToString() => PriceBelow is { } price
        ? CleanText.Clean(Gpu ?? "", 60) + " below " + Display.PerHour(price)
        : "spending above " + Display.Dollars(SpendAbove ?? 0);
}

/// <content>Alerts.</content>
internal static partial class ApiPaths
{
    public const string Alerts = "/v1/alerts";
    public const string Alert = "/v1/alerts/{id}";
}

/// <content>Alerts.</content>
internal partial interface IPulseRunClient
{
    /// <summary>Reads all alerts, in the server's order.</summary>
    Task<IReadOnlyList<Alert>> GetAlertsAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Creates an alert. It is sent once. If the answer is lost, an equal alert in the list counts as the result.</summary>
    Task<Alert> CreateAlertAsync(AlertRequest request, ICallObserver observer, CancellationToken cancel);

    /// <summary>Removes an alert. One that is gone already after an earlier attempt is a success.</summary>
    Task RemoveAlertAsync(string id, ICallObserver observer, CancellationToken cancel);
}
