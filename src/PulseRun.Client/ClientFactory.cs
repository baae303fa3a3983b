using System;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Launch;

namespace PulseRun.Client;

/// <summary>Creates the internal services of this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Creates the client of a connection. Sends nothing.</summary>
    internal static IPulseRunClient Create(Context context) =>
        new PulseRunClient(context, RateLimiters.Of(context.Account), TimeProvider.System, Jitter.Next);

    /// <summary>Creates the launcher of one command.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="journal">The journal for the intents; null with -NoJournal.</param>
    /// <param name="options">The cost limit of the fleet and the settle time.</param>
    internal static ILauncher CreateLauncher(Context context, ILaunchJournal? journal, LaunchOptions options) =>
        ((PulseRunClient)context.Client).CreateLauncher(journal, options);
}
