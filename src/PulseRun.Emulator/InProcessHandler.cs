using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator;

/// <summary>Answers an HttpClient in this process, including network faults.</summary>
internal sealed class InProcessHandler(Cloud cloud) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri uri = request.RequestUri!;
        var call = new IncomingRequest
        {
            Method = request.Method.Method,
            RawUrl = uri.PathAndQuery,
            Origin = uri.GetLeftPart(UriPartial.Authority),
            Authorization = Header(request.Headers, "Authorization"),
            IdempotencyKey = Header(request.Headers, "Idempotency-Key"),
            ContentType = request.Content is null ? null : Header(request.Content.Headers, "Content-Type"),
            Body = request.Content is null ? [] : await ReadAsync(request.Content),
        };
        // Run on another thread, as with a network: a client that holds a lock while it waits must not reenter here.
        Reply reply = await Task.Run(() => cloud.AnswerAsync(call, cancellationToken), cancellationToken);
        if (reply.Delivery == Delivery.Hang)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (reply.Delivery == Delivery.Cut)
            throw new HttpRequestException("An error occurred while sending the request.", new IOException("The emulator closed the connection."));
        return Respond(request, reply);
    }

    /// <summary>Reads a body, but no more than needed to detect that it is too large.</summary>
    private static async Task<byte[]> ReadAsync(HttpContent content)
    {
        try
        {
            await content.LoadIntoBufferAsync(IncomingRequest.MaxBody + 1);
            return await content.ReadAsByteArrayAsync();
        }
        catch (HttpRequestException)
        {
            return new byte[IncomingRequest.MaxBody + 1];
        }
    }

    private static HttpResponseMessage Respond(HttpRequestMessage request, Reply reply)
    {
        byte[] bytes = reply.Bytes();
        HttpContent content = reply.Delivery == Delivery.Whole ? new ByteArrayContent(bytes) : new StreamContent(new FaultyStream(bytes, reply));
        content.Headers.ContentType = bytes.Length == 0 ? null : MediaTypeHeaderValue.Parse(reply.ContentType);
        if (reply.Delivery is Delivery.Half or Delivery.Stalled)
            content.Headers.ContentLength = bytes.Length;
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = content, RequestMessage = request };
        foreach (KeyValuePair<string, string> header in reply.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(header.Key, header.Value))
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        return response;
    }

    private static string? Header(HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values.ToArray()) : null;
}
