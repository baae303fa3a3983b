using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;

namespace PulseRun.Client.Http;

/// <summary>Notifies the observer of one attempt: one line for -Verbose, headers and bodies for -Debug.</summary>
internal sealed class RequestTrace
{
    private readonly Attempt _attempt;
    private readonly TimeProvider _time;
    private readonly Redactor _redactor;
    private readonly long _start;

    private RequestTrace(Attempt attempt, TimeProvider time, Redactor redactor)
    {
        _attempt = attempt;
        _time = time;
        _redactor = redactor;
        _start = time.GetTimestamp();
    }

    /// <summary>Returns the trace of an attempt; null when the observer wants none.</summary>
    public static RequestTrace? Of(Attempt attempt, TimeProvider time, Redactor redactor) =>
        attempt.Call.Observer.WantsVerbose || attempt.Call.Observer.WantsDebug ? new RequestTrace(attempt, time, redactor) : null;

    /// <summary>Shows the request, before the key is added to it.</summary>
    public async Task ShowAsync(HttpRequestMessage request)
    {
        if (_attempt.Call.Observer.WantsDebug)
            _attempt.Call.Observer.Debug(await RequestTextAsync(request));
    }

    /// <summary>Shows the status and the headers of the answer.</summary>
    public void Show(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (_attempt.Call.Observer.WantsDebug)
            _attempt.Call.Observer.Debug(ResponseText(response));
        Conclude(request, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Shows how a request ended that was not answered.</summary>
    public void Show(HttpRequestMessage request, Exception exception) =>
        Conclude(request, exception is not OperationCanceledException ? "failed" : _attempt.Expired ? "timed out" : "was cancelled");

    private void Conclude(HttpRequestMessage request, string outcome)
    {
        if (!_attempt.Call.Observer.WantsVerbose)
            return;
        _attempt.Call.Observer.Verbose(string.Format(
            CultureInfo.InvariantCulture,
            "{0} {1}: {2} after {3:0} ms (attempt {4}).",
            request.Method,
            _redactor.Prose(request.RequestUri!.AbsolutePath),
            outcome,
            _time.GetElapsedTime(_start).TotalMilliseconds,
            _attempt.Number));
    }

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
        return DebugText.Clean(text.ToString(), _redactor);
    }

    private string ResponseText(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        text.Append("< ").Append((int)response.StatusCode).Append(' ').Append(response.ReasonPhrase);
        Append(text, response.Headers);
        Append(text, response.Content.Headers);
        return DebugText.Clean(text.ToString(), _redactor);
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
