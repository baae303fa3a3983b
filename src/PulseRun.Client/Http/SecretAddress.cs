using System;
using System.Net.Sockets;

namespace PulseRun.Client.Http;

/// <summary>Describes failures at an address that is a secret, such as that of a webhook.</summary>
internal static class SecretAddress
{
    /// <summary>Returns the kind of a failure, as the end of a sentence. The messages of the framework contain the host and the port, which are part of the secret.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="hint">Added when the connection was cut without a known reason.</param>
    public static string Why(Exception error, string hint = "")
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is UntrustedServerException)
                return "has a certificate that is not trusted";
            if (cause is SocketException socket)
                return "cannot be reached (" + socket.SocketErrorCode + ")";
        }
        return "cannot be reached, or the connection was cut" + hint;
    }
}
