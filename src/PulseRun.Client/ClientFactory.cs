using System;
using System.Collections.Generic;
using PulseRun.Client.Http;
using PulseRun.Client.Monitoring;
using PulseRun.Client.Notify;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Schedules;
using PulseRun.Client.Webhooks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Monitoring;
using PulseRun.Core.Notify;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Schedules;
using PulseRun.Core.Webhooks;

namespace PulseRun.Client;

/// <summary>Creates the internal services of this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Returns the present time of the monotonic clock.</summary>
    internal static SteadyTime SteadyNow() => new(BootName.Current, TimeProvider.System.GetElapsedTime(0));

    /// <summary>Makes the client of a connection. Nothing is sent yet.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="seen">Receives the instances that answers describe.</param>
    /// <param name="allowance">The allowance of the team; null without a store of a team.</param>
    internal static IPulseRunClient Create(Context context, IInstanceObserver seen, IRateAllowance? allowance) =>
        new PulseRunClient(context, RateLimiters.Of(context.Account), TimeProvider.System, Jitter.Next, seen, allowance);

    /// <summary>Makes a notifier that sends to a webhook.</summary>
    /// <param name="address">The checked address, which is a secret.</param>
    /// <param name="format">The format of the body.</param>
    internal static INotifier CreateNotifier(Uri address, NotifyFormat format) => new WebhookNotifier(address, format, Transport.For(address), TimeProvider.System);

    /// <summary>Makes what sends metrics to a receiver of OTLP.</summary>
    /// <param name="address">The checked and completed address.</param>
    /// <param name="headers">The headers to add, which may be secrets.</param>
    /// <param name="service">The name of the service in the metrics.</param>
    internal static IMetricSink CreateMetricSink(Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, string service) =>
        new OtlpMetricSink(address, headers, service, Transport.For(address), TimeProvider.System);

    /// <summary>Makes the launches of one command.</summary>
    /// <param name="client">The client of the connection, from <see cref="Create"/>.</param>
    /// <param name="journal">The journal of intents; null with -NoJournal.</param>
    /// <param name="options">The cost limit of the fleet, and how long to look for a launch.</param>
    internal static ILauncher CreateLauncher(IPulseRunClient client, ILaunchJournal? journal, LaunchOptions options) =>
        ((PulseRunClient)client).CreateLauncher(journal, options);

    /// <summary>Makes what creates schedules, each at most once.</summary>
    /// <param name="client">The client of the connection, from <see cref="Create"/>.</param>
    /// <param name="journal">The journal of intents.</param>
    internal static IScheduleCreator CreateScheduleCreator(IPulseRunClient client, IScheduleJournal journal) => ((PulseRunClient)client).CreateScheduleCreator(journal);

    /// <summary>Makes what reads cron expressions.</summary>
    internal static ICron CreateCron() => new CronosCron();

    /// <summary>Starts to listen for webhook deliveries.</summary>
    /// <exception cref="System.IO.IOException">The port cannot be used.</exception>
    internal static IWebhookListener CreateWebhookListener(WebhookListenerOptions options) => WebhookListener.Open(options);
}
