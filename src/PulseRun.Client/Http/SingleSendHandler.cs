using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Gives each request that changes something a body, if only an empty one.</summary>
/// <remarks>
/// The framework sends a request without a body again, unseen, when a kept connection closes before the answer. The server may have acted on the first one,
/// and a DELETE would then end in "not found". Once a body has been sent, an empty one too, the framework reports the failure instead, and our own retries count it.
/// </remarks>
internal sealed class SingleSendHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null && request.Method != HttpMethod.Get)
            request.Content = new ByteArrayContent([]);
        return base.SendAsync(request, cancellationToken);
    }
}
