using System;
using PulseRun.Client.Gate;
using PulseRun.Contracts;
using PulseRun.Launching;

namespace PulseRun.Client;

/// <summary>The one way into this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Makes the client of a connection. Nothing is sent yet.</summary>
    internal static IPulseRunClient Create(Context context) =>
        new PulseRunClient(context, Gates.Of(context.Account), TimeProvider.System, Chance.Next);

    /// <summary>Makes the launches of one command.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="journal">Where intents are written down; null with -NoJournal.</param>
    /// <param name="terms">The fleet's lid, and patience.</param>
    internal static ILauncher CreateLauncher(Context context, ILaunchJournal? journal, LaunchTerms terms) =>
        ((PulseRunClient)context.Client).CreateLauncher(journal, terms);
}
