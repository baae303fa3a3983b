using System;
using System.Net.Http;
using PulseRun.Core.Tracing;

namespace PulseRun.Client.Http;

/// <summary>Describes an attempt as a span, with the names of OpenTelemetry's conventions for HTTP clients.</summary>
internal static class AttemptSpan
{
    /// <summary>Starts the span of an attempt. Its parent is the command that the observer of the request works for.</summary>
    public static ISpan Start(ITracing tracing, Attempt attempt, Uri address, Redactor redactor)
    {
        var call = attempt.Call;
        var waited = call.Waited;
        call.Waited = TimeSpan.Zero;
        return tracing.StartRequest(
            (call.Observer as ISpanHolder)?.Span,
            new RequestFacts(call.Operation.Method, call.Operation.Path, Url(address, redactor), address.Host, address.Port, call.Sends - 1, waited));
    }

    /// <summary>Records how an attempt failed: by its status, else by the kind of the failure. Messages are left out, because they may quote the server.</summary>
    public static void Fail(ISpan span, Attempt attempt, Exception exception)
    {
        if (exception is RequestFailure { Status: { } status })
            span.Answered(status, null);
        span.Fail(exception switch
        {
            RequestFailure failure => failure.Error.ErrorId,
            OperationCanceledException => attempt.Expired ? "timeout" : "cancelled",
            _ => exception.GetType().FullName!,
        });
    }

    /// <summary>Returns the version of HTTP as the conventions write it: 1.1, or 2.</summary>
    public static string Version(HttpResponseMessage response) => response.Version.Minor == 0 && response.Version.Major > 1 ? response.Version.ToString(1) : response.Version.ToString(2);

    /// <summary>Returns the address without user name and fragment. A query may be a token (a cursor), so only its existence is shown, as .NET does.</summary>
    private static string Url(Uri address, Redactor redactor) =>
        redactor.Prose(address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)) + (address.Query.Length > 1 ? "?*" : "");
}
