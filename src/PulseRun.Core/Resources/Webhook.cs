using System;
using System.Collections;
using System.Collections.Generic;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a webhook: the server posts events of the account to an address.</summary>
/// <remarks>The service documents what it accepts, and not what it answers. A property that the server did not send is null.</remarks>
public sealed class Webhook
{
    private readonly PropertyBag _additional = PropertyBag.None;
    private readonly TextList<string> _events = TextList<string>.None;

    /// <summary>Gets the id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the address that events are posted to.</summary>
    public string? Uri { get; init; }

    /// <summary>Gets the names of the events, for example <c>balance.low</c>.</summary>
    public IReadOnlyList<string> Events { get => _events; init => _events = TextList<string>.Of(value); }

    /// <summary>Gets a value that is true when events are sent; null when the server does not say so.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Gets the secret that deliveries are signed with, when the answer contained it; null otherwise. Pass it to Test-PRWebhookSignature or Receive-PRWebhook.</summary>
    public SecureString? Secret { get; init; }

    /// <summary>Gets the time at which the webhook was created (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the connection that the webhook was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC. The secret is not among them in clear text. For files: <c>Get-PRWebhook | ForEach-Object ToRow | Export-Csv webhooks.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}

/// <summary>Represents the values of a webhook to create or to replace. A null value is not sent.</summary>
internal sealed record WebhookRequest
{
    public string? Url { get; init; }

    public IReadOnlyList<string>? Events { get; init; }

    public bool? Enabled { get; init; }

    public SecureString? Secret { get; init; }
}

/// <content>Webhooks.</content>
internal static partial class ApiPaths
{
    public const string Webhooks = "/v1/webhooks";
    public const string Webhook = "/v1/webhooks/{id}";
}

/// <content>Webhooks.</content>
internal partial interface IPulseRunClient
{
    /// <summary>Reads all webhooks, in the server's order.</summary>
    Task<IReadOnlyList<Webhook>> GetWebhooksAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Creates a webhook. It is sent once. If the answer is lost, an equal webhook in the list counts as the result.</summary>
    Task<Webhook> CreateWebhookAsync(WebhookRequest request, ICallObserver observer, CancellationToken cancel);

    /// <summary>Replaces a webhook, and returns it as it is afterwards.</summary>
    /// <param name="known">The webhook as last seen. It fills in what the request and a short answer leave out.</param>
    /// <param name="request">The values to change.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task<Webhook> SetWebhookAsync(Webhook known, WebhookRequest request, ICallObserver observer, CancellationToken cancel);

    /// <summary>Removes a webhook. One that is gone already after an earlier attempt is a success.</summary>
    Task RemoveWebhookAsync(string id, ICallObserver observer, CancellationToken cancel);
}
