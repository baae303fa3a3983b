using System;

namespace PulseRun.Client.Http;

/// <summary>Represents the end of a logical request, with or without a result.</summary>
/// <param name="request">The logical request.</param>
/// <param name="exception">The exception; null on success.</param>
internal abstract class Reply(RequestContext request, Exception? exception)
{
    public RequestContext Request { get; } = request;

    /// <summary>Gets a <see cref="RequestFailure"/>, a cancellation, or the exception of the receiver; null on success.</summary>
    public Exception? Exception { get; } = exception;
}

/// <summary>Represents the end of a logical request: its result or its exception.</summary>
/// <remarks>This is a class because shared generic code for references is precompiled, while a struct would be compiled again at the first call of each type.</remarks>
internal sealed class Reply<T> : Reply
{
    public Reply(RequestContext request, T result)
        : base(request, null) => Result = result;

    public Reply(RequestContext request, Exception exception)
        : base(request, exception)
    {
    }

    public T? Result { get; }
}
