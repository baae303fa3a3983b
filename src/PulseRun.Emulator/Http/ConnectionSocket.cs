using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace PulseRun.Emulator.Http;

/// <summary>Finds the socket of a request.</summary>
/// <remarks>HttpListenerResponse.Abort sends an empty 200 before it closes, on every runtime that uses sockets (.NET outside Windows, Mono).
/// Closing without an answer needs the socket itself, which is not public. On Windows, http.sys listens, there is no socket, and Abort works as documented.</remarks>
internal static class ConnectionSocket
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    public static Socket? Find(HttpListenerContext context)
    {
        object? connection = typeof(HttpListenerContext).GetProperty("Connection", Hidden)?.GetValue(context);
        return connection?.GetType().GetFields(Hidden).Where(field => field.FieldType == typeof(Socket)).Select(field => field.GetValue(connection)).OfType<Socket>().FirstOrDefault();
    }
}
