using System;
using System.Collections.Generic;
using System.Security;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Core.Webhooks;

/// <summary>Receives webhook deliveries on a loopback port.</summary>
internal interface IWebhookListener : IDisposable
{
    /// <summary>Gets the address that it listens at.</summary>
    Uri Address { get; }

    /// <summary>Receives deliveries until it is cancelled or has received as many events as the options allow.</summary>
    /// <param name="received">Receives each event once, in the order of arrival. The delivery is accepted when it returns.</param>
    /// <param name="refused">Receives why a delivery was refused.</param>
    /// <param name="cancel">Ends the call.</param>
    Task RunAsync(Action<WebhookEvent> received, Action<string> refused, CancellationToken cancel);
}

/// <summary>Contains the options of a listener.</summary>
internal sealed record WebhookListenerOptions
{
    /// <summary>Gets the port; 0 selects a free one.</summary>
    public int Port { get; init; }

    /// <summary>Gets the secret that deliveries must be signed with; null accepts deliveries without a check.</summary>
    public SecureString? Secret { get; init; }

    /// <summary>Gets how deliveries are signed; null finds out from their headers.</summary>
    public WebhookScheme? Scheme { get; init; }

    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the events to pass on; none for all. Others are accepted and dropped.</summary>
    public IReadOnlyCollection<string> Events { get; init; } = [];

    /// <summary>Gets the number of events after which the listener ends; null for no limit.</summary>
    public int? MaxEvents { get; init; }
}
