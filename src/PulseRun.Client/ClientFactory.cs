using System;
using PulseRun.Client.Http;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Launch;

namespace PulseRun.Client;

/// <summary>The one way into this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Makes the client of a connection. Nothing is sent yet.</summary>
    internal static IPulseRunClient Create(Context context) =>
        new PulseRunClient(context, RateLimiters.Of(context.Account), TimeProvider.System, Jitter.Next);

    /// <summary>Makes the launches of one command.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="journal">Where intents are written down; null with -NoJournal.</param>
    /// <param name="options">The fleet's lid, and patience.</param>
    internal static ILauncher CreateLauncher(Context context, ILaunchJournal? journal, LaunchOptions options) =>
        ((PulseRunClient)context.Client).CreateLauncher(journal, options);
}
