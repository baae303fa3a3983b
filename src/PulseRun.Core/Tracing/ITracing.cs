using System;

namespace PulseRun.Core.Tracing;

/// <summary>Receives commands and requests as spans and as measurements, and exports them. Disposing it exports what is left, within a limited time.</summary>
internal interface ITracing : IDisposable
{
    /// <summary>Starts the span of a command.</summary>
    /// <param name="name">The name of the cmdlet.</param>
    ISpan StartCommand(string name);

    /// <summary>Starts the span of one transmission of a request.</summary>
    /// <param name="parent">The span of the command; null without one.</param>
    /// <param name="request">The transmission.</param>
    ISpan StartRequest(ISpan? parent, RequestFacts request);

    /// <summary>Records how long a request waited for the rate limit.</summary>
    /// <param name="waited">The time.</param>
    void RateLimitWait(TimeSpan waited);
}

/// <summary>Describes one transmission of a request.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Template">The path with placeholders, which has few values.</param>
/// <param name="Url">The address without user name, query and secrets.</param>
/// <param name="Host">The name of the server.</param>
/// <param name="Port">The port of the server.</param>
/// <param name="Resends">The number of earlier transmissions of this request.</param>
/// <param name="Waited">The time that the request waited for the rate limit before it was sent.</param>
internal readonly record struct RequestFacts(string Method, string Template, string Url, string Host, int Port, int Resends, TimeSpan Waited);
