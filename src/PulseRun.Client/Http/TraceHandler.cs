using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Notifies the observer of each request: one line for -Verbose, headers and bodies for -Debug. It runs before the handler that adds the key.</summary>
internal sealed class TraceHandler(TimeProvider time, Redactor redactor, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempt = request.Attempt();
        bool isHeard = attempt is not null && (attempt.Call.Observer.WantsVerbose || attempt.Call.Observer.WantsDebug);
        return isHeard ? TracedAsync(request, attempt!, cancellationToken) : base.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> TracedAsync(HttpRequestMessage request, Attempt attempt, CancellationToken cancel)
    {
        var observer = attempt.Call.Observer;
        if (observer.WantsDebug)
            observer.Debug(await RequestTextAsync(request));
        long start = time.GetTimestamp();
        string outcome = "failed";
        try
        {
            var response = await base.SendAsync(request, cancel);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (observer.WantsDebug)
                observer.Debug(ResponseText(response));
            return response;
        }
        catch (OperationCanceledException)
        {
            outcome = attempt.Expired ? "timed out" : "was cancelled";
            throw;
        }
        finally
        {
            if (observer.WantsVerbose)
                observer.Verbose(Line(request, outcome, time.GetElapsedTime(start), attempt.Number));
        }
    }

    private string Line(HttpRequestMessage request, string outcome, TimeSpan duration, int number) =>
        string.Format(
            CultureInfo.InvariantCulture,
            "{0} {1}: {2} after {3:0} ms (attempt {4}).",
            request.Method,
            redactor.Prose(request.RequestUri!.AbsolutePath),
            outcome,
            duration.TotalMilliseconds,
            number);

    private async Task<string> RequestTextAsync(HttpRequestMessage request)
    {
        var text = new StringBuilder();
        text.Append("> ").Append(request.Method).Append(' ').Append(request.RequestUri!.PathAndQuery);
        Append(text, request.Headers);
        if (request.Content is { } content)
        {
            Append(text, content.Headers);
            // An act's body is empty, and reading it here would take the check that it makes right before it is sent.
            if (content is not ActContent)
                text.Append('\n').Append(await content.ReadAsStringAsync());
        }
        return DebugText.Clean(text.ToString(), redactor);
    }

    private string ResponseText(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        text.Append("< ").Append((int)response.StatusCode).Append(' ').Append(response.ReasonPhrase);
        Append(text, response.Headers);
        Append(text, response.Content.Headers);
        return DebugText.Clean(text.ToString(), redactor);
    }

    private static void Append(StringBuilder text, IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers)
    {
        foreach (var header in headers)
        {
            bool isSecret = SecretNames.IsSecret(header.Key);
            text.Append('\n').Append(header.Key).Append(": ").Append(isSecret ? Redactor.Mask : string.Join(", ", header.Value));
        }
    }
}
