using PulseRun.Contracts;

namespace PulseRun.Client;

/// <summary>The one way into this assembly.</summary>
public static class ClientFactory
{
    /// <summary>Makes the client of a connection. Nothing is sent yet.</summary>
    public static IPulseRunClient Create(Context context) => throw new System.NotImplementedException(context.ToString());
}
