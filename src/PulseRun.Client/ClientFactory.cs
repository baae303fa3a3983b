using System;
using PulseRun.Client.Gate;
using PulseRun.Contracts;

namespace PulseRun.Client;

/// <summary>The one way into this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Makes the client of a connection. Nothing is sent yet.</summary>
    public static IPulseRunClient Create(Context context) =>
        new PulseRunClient(context, Gates.Of(context.Account), TimeProvider.System, Chance.Next);
}
