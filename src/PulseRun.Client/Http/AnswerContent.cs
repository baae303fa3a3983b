using System.Net.Http;

namespace PulseRun.Client.Http;

/// <summary>
/// Represents a whole answer that Refit deserializes, with the request it belongs to, because Refit passes on nothing but the content.
/// The answer is in memory already, because Refit may read a content more than once, and a body that comes from the network can be read only once.
/// </summary>
internal sealed class AnswerContent(byte[] json, RequestContext request) : ByteArrayContent(json)
{
    public byte[] Json { get; } = json;

    public RequestContext Request { get; } = request;
}
