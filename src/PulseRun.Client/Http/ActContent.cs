using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>
/// The empty body of a request that changes something. The framework asks for the body when the connection is established and the head is written to its buffer, right before it sends both.
/// This is therefore the last moment at which an act can be withdrawn: after the name lookup, the connection, the proxy and TLS, each of which a slow server can draw out.
/// </summary>
internal sealed class ActContent(RequestContext request) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        request.Window?.MaySend() == false ? throw Failures.TooLate(request) : Task.CompletedTask;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }
}
