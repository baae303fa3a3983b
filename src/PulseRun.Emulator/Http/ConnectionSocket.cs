using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace PulseRun.Emulator.Http;

/// <summary>The socket under a request.</summary>
/// <remarks>HttpListenerResponse.Abort answers an empty 200 before it closes, on every runtime that listens by sockets (.NET outside Windows, Mono);
/// only the socket itself can be closed without a word. It is not public. On Windows http.sys listens, there is none to find, and Abort does what it says.</remarks>
internal static class ConnectionSocket
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    public static Socket? Find(HttpListenerContext context)
    {
        object? connection = typeof(HttpListenerContext).GetProperty("Connection", Hidden)?.GetValue(context);
        return connection?.GetType().GetFields(Hidden).Where(field => field.FieldType == typeof(Socket)).Select(field => field.GetValue(connection)).OfType<Socket>().FirstOrDefault();
    }
}
