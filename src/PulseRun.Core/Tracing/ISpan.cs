using System.Collections.Generic;

namespace PulseRun.Core.Tracing;

/// <summary>Represents the time of one command or of one request in a trace. Its members may be called from any thread, and never throw.</summary>
internal interface ISpan
{
    /// <summary>Gets the value of the header <c>traceparent</c> that continues the trace on the server; null when there is none.</summary>
    string? TraceParent { get; }

    /// <summary>Records what happened within the span, with its details.</summary>
    void AddEvent(string name, params KeyValuePair<string, object?>[] details);

    /// <summary>Records the status and the protocol version of the server's answer.</summary>
    void Answered(int status, string? protocolVersion);

    /// <summary>Records that the work failed. The first call counts.</summary>
    /// <param name="errorType">The kind of the failure: an error id, a status, or the name of an exception. Never a message, which may quote the server.</param>
    void Fail(string errorType);

    /// <summary>Ends the span. Repeating it does nothing.</summary>
    void End();
}
