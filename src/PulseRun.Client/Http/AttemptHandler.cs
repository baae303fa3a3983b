using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Json;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Text;
using PulseRun.Core.Tracing;

namespace PulseRun.Client.Http;

/// <summary>
/// Sends one attempt: adds the key for as long as the request is on its way, processes what all answers have in common (the server's clock, the rate limit, and error statuses), and reads the answer.
/// Returns successful answers only; everything else is thrown as a <see cref="RequestFailure"/>.
/// </summary>
/// <remarks>
/// A request that changes something always gets a body, even an empty one. The framework silently resends a request without a body when a kept connection closes
/// before the answer. The server may have acted on the first one, and a resent DELETE would then return "not found". Once a body has been sent,
/// the framework reports the failure instead, and the retries of this module handle it.
/// This is one handler because each asynchronous method adds a millisecond of compilation to the first call, and a little to every other.
/// </remarks>
/// <param name="address">The address of the connection. The key is sent to it and to no other.</param>
/// <param name="key">The key.</param>
/// <param name="time">The clock of the trace and of dates in Retry-After.</param>
/// <param name="clock">Learns the server's time.</param>
/// <param name="redactor">Removes secrets from everything that is shown.</param>
/// <param name="inner">The transport.</param>
internal sealed class AttemptHandler(Uri address, SecureString key, TimeProvider time, ServerClock clock, Redactor redactor, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int TooManyRequests = 429;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Traces.Current is { } tracing ? SendTracedAsync(tracing, request, cancellationToken) : SendAttemptAsync(request, cancellationToken);

    /// <summary>Does the same as <see cref="SendAttemptAsync"/> within a span. A method of its own, so that a process without traces compiles none of it.</summary>
    private async Task<HttpResponseMessage> SendTracedAsync(ITracing tracing, HttpRequestMessage request, CancellationToken cancel)
    {
        var attempt = request.Attempt()!;
        var span = AttemptSpan.Start(tracing, attempt, request.RequestUri!, redactor);
        try
        {
            // Only the server of the connection learns the number of the trace.
            if (span.TraceParent is { } parent && Origins.AreSame(request.RequestUri, address))
                request.Headers.TryAddWithoutValidation("traceparent", parent);
            var response = await SendAttemptAsync(request, cancel);
            span.Answered((int)response.StatusCode, AttemptSpan.Version(response));
            return response;
        }
        catch (Exception exception)
        {
            AttemptSpan.Fail(span, attempt, exception);
            throw;
        }
        finally
        {
            span.End();
        }
    }

    private async Task<HttpResponseMessage> SendAttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempt = request.Attempt() ?? throw new InvalidOperationException("A request has no attempt.");
        if (request.Content is null && attempt.Call.Operation.Changes)
            request.Content = new ActContent(attempt.Call);
        var trace = RequestTrace.Of(attempt, time, redactor);
        if (trace is not null)
            await trace.ShowAsync(request);
        HttpResponseMessage response;
        var sent = clock.Steady;
        try
        {
            if (Origins.AreSame(request.RequestUri, address))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecretText.Use(key, static plain => new string(plain)));
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (trace is not null)
        {
            trace.Show(request, exception);
            throw;
        }
        finally
        {
            // Neither the response nor an exception may refer to the key.
            request.Headers.Authorization = null;
        }
        try
        {
            trace?.Show(request, response);
            clock.Observe(response.Headers.Date, sent);
            if ((int)response.StatusCode == TooManyRequests)
            {
                var wait = RetryAfter.Read(response, time.GetUtcNow());
                attempt.Leave(PermitOutcome.Rejected, wait);
                throw Failures.Refused(attempt.Call, wait);
            }
            attempt.Leave(PermitOutcome.Accepted, null);
            if (!response.IsSuccessStatusCode)
                throw await ReadErrorAsync(response, attempt);
            using var content = response.Content;
            if (attempt.Call.Operation.IsTyped)
            {
                using var body = await Body.ReadObjectAsync(content, attempt, redactor);
                response.Content = new AnswerContent(body.Bytes.ToArray(), attempt.Call);
            }
            else
            {
                await attempt.Read!(response);
                // The body was read and cannot be read again.
                response.Content = null;
            }
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<RequestFailure> ReadErrorAsync(HttpResponseMessage response, Attempt attempt)
    {
        var request = attempt.Call;
        Body body;
        try
        {
            body = await Body.ReadAsync(response.Content, JsonLimits.ErrorBytes, attempt);
        }
#pragma warning disable CA1031 // The status is enough for an error; the text is optional.
        catch (Exception) when (!request.Cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Failures.FromStatus(request, response, [], false, redactor);
        }
        using var whole = body;
        if (request.Observer.WantsDebug)
            request.Observer.Debug(DebugText.Body(body.Buffer, body.Length, redactor));
        return Failures.FromStatus(request, response, body.Bytes, body.IsTooLarge, redactor);
    }
}
