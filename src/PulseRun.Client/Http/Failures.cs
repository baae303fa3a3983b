using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
#if !NET
using System.Security.Authentication;
#endif
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PulseRun.Client.Http;

/// <summary>Creates the module's own errors for failed requests. They have no inner exceptions, because those may refer to the request and its key.</summary>
internal static class Failures
{
    private static readonly Regex s_capacity = new(
        @"\bcapacity\b|\bsold out\b|\bout of stock\b|\bunavailable\b|\bno longer available\b|\b(?:not|none|no\b.{1,80}?|0)\s+(?:is |are |currently |be )*available\b|\bavailability\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline,
        TimeSpan.FromSeconds(1));

    /// <summary>Matches words for the server: "Service unavailable" does not mean that no GPU is free.</summary>
    private static readonly Regex s_server = new(
        @"\b(?:service|server|gateway|upstream|backend|api)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1));

    /// <summary>Returns the error for an answer with an error status.</summary>
    public static RequestFailure FromStatus(RequestContext request, HttpResponseMessage response, ReadOnlySpan<byte> body, bool isTooLarge, Redactor redactor)
    {
        int status = (int)response.StatusCode;
        string? requestId = RequestId(response, redactor);
        if (status is >= 300 and < 400)
            return Redirected(request, response, status, requestId, redactor);
        if (isTooLarge)
        {
            string size = "the server's error text is larger than " + (PulseRun.Client.Json.JsonLimits.ErrorBytes >> 10) + " KB";
            return new RequestFailure(FailureKind.Status, Error(ErrorIds.MalformedResponse, request, size, status, requestId));
        }
        var text = ServerText.Read(body, redactor);
        string id = IdOf(request.Operation, status, text.Detail);
        return new RequestFailure(FailureKind.Status, Error(id, request, text.Detail ?? Silence(id), status, requestId, text.Detail, text.Field));
    }

    /// <summary>Returns the error id for an error status.</summary>
    public static string IdOf(Operation operation, int status, string? detail)
    {
        if (status is 400 or 409 or 422 or 502 or 503 && SpeaksOfCapacity(operation, detail))
            return ErrorIds.CapacityUnavailable;
        return status switch
        {
            401 => ErrorIds.Unauthorized,
            402 => ErrorIds.InsufficientBalance,
            403 => ErrorIds.Forbidden,
            404 or 410 => operation.NotFound,
            408 => ErrorIds.RequestTimeout,
            409 => ErrorIds.Conflict,
            429 => ErrorIds.RateLimited,
            >= 500 => ErrorIds.ServerError,
            _ => ErrorIds.InvalidRequest,
        };
    }

    /// <summary>Returns the error for an answer that violates the API.</summary>
    public static RequestFailure Malformed(RequestContext request, string why, int? status = null) =>
        new(FailureKind.Malformed, Error(ErrorIds.MalformedResponse, request, why, status, null));

    /// <summary>Returns the error for any exception of an attempt. Unexpected exceptions are converted too, because their text could contain secrets.</summary>
    public static RequestFailure FromException(RequestContext request, Attempt attempt, Exception exception, bool isClosed, Redactor redactor)
    {
        if (exception is RequestFailure failure)
            return failure;
        if (attempt.Expired)
            return TimedOut(request, attempt);
        if (isClosed)
            return Closed(request);
        if (Trust(exception) is { } distrust)
            return new RequestFailure(FailureKind.Untrusted, Error(ErrorIds.UntrustedServer, request, distrust + "; nothing was sent", null, null));
        switch (exception)
        {
            case OperationCanceledException { InnerException: TimeoutException }:
                return Unreachable(request, "the connection was not established within the time limit");
            case HttpRequestException or WebException or IOException or SocketException or ObjectDisposedException or OperationCanceledException:
                string reason = Reason(Innermost(exception), redactor);
                return IsUnsent(exception) ? Unreachable(request, reason) : Cut(request, reason);
            case JsonException or InvalidDataException:
                return Malformed(request, "the answer is not valid JSON for this request");
            default:
                return new RequestFailure(FailureKind.Unexpected, Error(ErrorIds.UnexpectedError, request, exception.GetType().Name + ": " + Reason(exception, redactor), null, null));
        }
    }

    /// <summary>Returns the error for a connection that broke, or a body that ended early.</summary>
    public static RequestFailure Cut(RequestContext request, string reason) =>
        new(FailureKind.Cut, Error(ErrorIds.ConnectionFailed, request, "the connection" + At(" to ", request) + " was cut: " + reason, null, null));

    /// <summary>Returns the error for an object whose JSON is truncated; it may be retried.</summary>
    public static RequestFailure Unfinished(RequestContext request) =>
        new(FailureKind.Cut, Error(ErrorIds.MalformedResponse, request, "the answer's JSON ends early", null, null));

    public static RequestFailure Closed(RequestContext request) =>
        new(FailureKind.Closed, Error(ErrorIds.NotConnected, request, "this connection was closed by Disconnect-PulseRun", null, null));

    /// <summary>Returns the error for a request that the rate limit rejected. The user sees it only if the request is not sent again.</summary>
    /// <param name="request">The logical request.</param>
    /// <param name="wait">The wait that the server requested; null when it requested none.</param>
    public static RequestFailure Refused(RequestContext request, TimeSpan? wait) =>
        new(FailureKind.Refused, new PulseRunException(ErrorIds.RateLimited, request.Describe() + "  failed: the rate limit rejected it.") { StatusCode = 429 }) { Wait = wait };

    private static string Reason(Exception exception, Redactor redactor) => PulseRun.Core.Text.CleanText.Clean(redactor.Prose(exception.Message), 300).TrimEnd('.');

    /// <summary>Returns the error for an act whose window passed before it was sent. Nothing was done, as after a rejection by the rate limit.</summary>
    public static RequestFailure TooLate(RequestContext request) =>
        new(FailureKind.RateLimited, new PulseRunException(ErrorIds.RateLimited, request.Describe() + "  was not sent: the wait took so long that the state it was based on is out of date."));

    private static RequestFailure Unreachable(RequestContext request, string reason) =>
        new(FailureKind.Unreachable, Error(ErrorIds.ConnectionFailed, request, "the server cannot be reached" + At(" at ", request) + ": " + reason, null, null));

    /// <summary>Returns the host and port of the server after a preposition, so that a wrong address shows; nothing when they are not known.</summary>
    private static string At(string preposition, RequestContext request) =>
        request.Server is { } server ? preposition + server.Host + ":" + server.Port.ToString(CultureInfo.InvariantCulture) : "";

    private static RequestFailure TimedOut(RequestContext request, Attempt attempt)
    {
        string limit = attempt.Limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
        string why = attempt.IsStalled ? "the answer stalled for " + limit : "there was no complete answer within " + limit;
        return new RequestFailure(FailureKind.Timeout, Error(ErrorIds.RequestTimeout, request, why, null, null));
    }

    private static RequestFailure Redirected(RequestContext request, HttpResponseMessage response, int status, string? requestId, Redactor redactor)
    {
        var target = response.Headers.Location;
        string where = target is null ? "an unknown address"
            : target.IsAbsoluteUri ? PulseRun.Core.Text.CleanText.Clean(redactor.Prose(target.Host), 100)
            : "another path of the same host";
        return new RequestFailure(FailureKind.Malformed, Error(ErrorIds.MalformedResponse, request, "the server redirects to " + where + ", which is not followed", status, requestId));
    }

    /// <summary>True when the text of an answer says that no GPU is free.</summary>
    public static bool SpeaksOfCapacity(string? detail) => detail is not null && Matches(s_capacity, detail) && !Matches(s_server, detail);

    private static bool SpeaksOfCapacity(Operation operation, string? detail) => operation.AsksForGpu && SpeaksOfCapacity(detail);

    /// <summary>Matches a text of at most 500 characters. Only a machine that was suspended can exceed the time limit; the exception, which would contain the text, is not passed on.</summary>
    private static bool Matches(Regex words, string text)
    {
        try
        {
            return words.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string Silence(string id) => id switch
    {
        ErrorIds.InstanceNotFound => "there is no such instance",
        ErrorIds.Unauthorized => "the key is not accepted",
        _ => "the server gave no reason",
    };

    private static string? RequestId(HttpResponseMessage response, Redactor redactor) =>
        response.Headers.TryGetValues("x-request-id", out var values) && values.FirstOrDefault() is { Length: > 0 } id
            ? PulseRun.Core.Text.CleanText.Clean(redactor.Value(id), 100)
            : null;

    private static PulseRunException Error(string id, RequestContext request, string why, int? status, string? requestId, string? detail = null, string? field = null)
    {
        string origin = status is null ? "" : " (HTTP " + status + (requestId is null ? "" : ", request " + requestId) + ")";
        return new PulseRunException(id, request.Describe() + " failed: " + why.TrimEnd('.', ' ') + origin + ".")
        {
            StatusCode = status,
            Detail = detail,
            Field = field,
            RequestId = requestId,
        };
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    /// <summary>Returns why the server's certificate is not trusted; null when something else failed.</summary>
    private static string? Trust(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is UntrustedServerException)
                return cause.Message;
#if !NET
            if (cause is WebException { Status: WebExceptionStatus.TrustFailure })
                return "the server's certificate is not trusted";
#endif
        }
        return null;
    }

    /// <summary>Returns true when the request failed before any byte of it was sent.</summary>
    private static bool IsUnsent(Exception exception)
    {
#if NET
        return exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
#else
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is WebException { Status: WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ProxyNameResolutionFailure
                    or WebExceptionStatus.ConnectFailure or WebExceptionStatus.SecureChannelFailure or WebExceptionStatus.TrustFailure })
                return true;
            if (cause is AuthenticationException or SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound
                    or SocketError.NoData or SocketError.HostUnreachable or SocketError.NetworkUnreachable })
                return true;
        }
        return false;
#endif
    }
}
