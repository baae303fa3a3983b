using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Client.Tests.Support;

/// <summary>Implements a server by a function, and records the requests.</summary>
internal sealed class Stub(Func<HttpRequestMessage, int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly object _lock = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _count;

    public Stub(params Func<HttpResponseMessage>[] answers)
        : this((_, index, _) => Task.FromResult(answers[Math.Min(index, answers.Length - 1)]()))
    {
    }

    public List<Asked> Requests { get; } = [];

    public List<HttpRequestMessage> Messages { get; } = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Waits until one more request has arrived.</summary>
    public async Task ArrivedAsync() => Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(100)));

    /// <summary>Returns a server that never answers.</summary>
    public static Stub Hanging() => new(async (_, _, cancel) =>
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        using (cancel.Register(() => never.TrySetCanceled(cancel)))
            return await never.Task;
    });

    public static HttpResponseMessage Json(string json, int status = 200) =>
        Answer(status, json, "application/json");

    public static HttpResponseMessage Answer(int status, string body = "", string type = "text/plain") => new((HttpStatusCode)status)
    {
        Content = new StringContent(body, Encoding.UTF8, type),
    };

    public static HttpResponseMessage Refusal(string? retryAfter)
    {
        var response = Json("{\"detail\":\"slow down\"}", 429);
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
#pragma warning disable CA2016 // The overload does not exist on net472.
        string? body = request.Content is null ? null : await request.Content.ReadAsStringAsync();
#pragma warning restore CA2016
        int index;
        lock (_lock)
        {
            index = _count++;
            Messages.Add(request);
            request.Headers.TryGetValues("Idempotency-Key", out var intents);
            Requests.Add(new Asked(
                request.Method.Method,
                request.RequestUri!.PathAndQuery,
                request.Headers.Authorization?.ToString(),
                body,
                intents is null ? null : string.Join(",", intents)));
        }
        _arrived.Release();
        var response = await answer(request, index, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    internal sealed record Asked(string Method, string Path, string? Authorization, string? Body, string? Intent)
    {
        public override string ToString() => Method + " " + Path;
    }
}
