using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Json;
using PulseRun.Client.RateLimit;

namespace PulseRun.Client.Http;

/// <summary>
/// Sends one attempt and processes what all answers have in common: the server's clock, the rate limit, and error statuses.
/// Returns successful answers only; everything else is thrown as a <see cref="RequestFailure"/>.
/// </summary>
/// <remarks>
/// A request that changes something always gets a body, even an empty one. The framework silently resends a request without a body when a kept connection closes
/// before the answer. The server may have acted on the first one, and a resent DELETE would then return "not found". Once a body has been sent,
/// the framework reports the failure instead, and the retries of this module handle it.
/// </remarks>
internal sealed class AttemptHandler(TimeProvider time, ServerClock clock, Redactor redactor, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int TooManyRequests = 429;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempt = request.Attempt() ?? throw new InvalidOperationException("A request has no attempt.");
        if (request.Content is null && attempt.Call.Operation.Changes)
            request.Content = new ActContent(attempt.Call);
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            clock.Observe(response.Headers.Date);
            if ((int)response.StatusCode == TooManyRequests)
            {
                var wait = RetryAfter.Read(response, time.GetUtcNow());
                attempt.Leave(PermitOutcome.Rejected, wait);
                throw Failures.Refused(attempt.Call, wait);
            }
            attempt.Leave(PermitOutcome.Accepted, null);
            if (!response.IsSuccessStatusCode)
                throw await ReadErrorAsync(response, attempt);
            if (attempt.Call.Operation.IsTyped)
            {
                using var content = response.Content;
                using var body = await Body.ReadObjectAsync(content, attempt, redactor);
                response.Content = new AnswerContent(body.Bytes.ToArray(), attempt.Call);
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
