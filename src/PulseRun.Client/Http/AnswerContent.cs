using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Carries the attempt along with the body of an answer that Refit deserializes, because Refit passes only the content to its serializer.</summary>
internal sealed class AnswerContent(HttpContent body, Attempt attempt) : HttpContent
{
    public HttpContent Body { get; } = body;

    public Attempt Attempt { get; } = attempt;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Body.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Body.Dispose();
        base.Dispose(disposing);
    }
}
