using System;

namespace PulseRun.Client.Http;

/// <summary>Represents the end of a logical request: its result or its exception.</summary>
/// <remarks>This is a class because shared generic code for references is precompiled, while a struct would be compiled again at the first call of each type.</remarks>
internal sealed class Reply<T>
{
    public T? Result { get; private init; }

    /// <summary>Gets a <see cref="RequestFailure"/>, a cancellation, or the exception of the receiver; null on success.</summary>
    public Exception? Exception { get; private init; }

    public static Reply<T> Of(T result) => new() { Result = result };

    public static Reply<T> Failed(Exception exception) => new() { Exception = exception };
}
