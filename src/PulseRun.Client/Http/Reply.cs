using System;

namespace PulseRun.Client.Http;

/// <summary>How a logical request ended: with what was read, or with what it failed by.</summary>
/// <remarks>A class: the runtime has compiled its own async code for references already, and would do it anew for a structure at each first call.</remarks>
internal sealed class Reply<T>
{
    public T? Result { get; private init; }

    /// <summary>A <see cref="RequestFailure"/>, or a cancellation, or what the receiver threw; null when it went well.</summary>
    public Exception? Exception { get; private init; }

    public static Reply<T> Of(T result) => new() { Result = result };

    public static Reply<T> Failed(Exception exception) => new() { Exception = exception };
}
