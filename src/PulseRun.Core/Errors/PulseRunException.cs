using System;

namespace PulseRun;

/// <summary>What went wrong, in the module's own words: which error, on what, and the server's text.</summary>
/// <remarks>Scripts catch it as <c>[PulseRun.PulseRunException]</c>. Never holds a key.</remarks>
public sealed class PulseRunException : Exception
{
    /// <summary>Makes an error of the given id.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
    /// <param name="message">What happened to what.</param>
    /// <param name="inner">The cause, where there is one and it holds no secret.</param>
    public PulseRunException(string errorId, string message, Exception? inner = null)
        : base(message, inner) => ErrorId = errorId;

    /// <summary>One of <see cref="ErrorIds"/>; the first part of FullyQualifiedErrorId.</summary>
    public string ErrorId { get; }

    /// <summary>The HTTP status, where the server answered.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The server's own text: cleaned of control characters and secrets, 500 characters at most.</summary>
    public string? Detail { get; init; }

    /// <summary>The field the server or this module objects to, where one is named.</summary>
    public string? Field { get; init; }

    /// <summary>The server's id of the request, for its support; null where none came.</summary>
    public string? RequestId { get; init; }

    /// <summary>What to do, where this case has a better answer than its error id has; null otherwise.</summary>
    internal string? Advice { get; init; }

    /// <summary>Returns the same error with another advice.</summary>
    internal PulseRunException Advised(string advice) => new(ErrorId, Message, InnerException)
    {
        StatusCode = StatusCode,
        Detail = Detail,
        Field = Field,
        RequestId = RequestId,
        Advice = advice,
    };

    /// <summary>The same error of the server's in other words: what it came to for the user.</summary>
    internal PulseRunException Rephrase(string errorId, string message) => new(errorId, message)
    {
        StatusCode = StatusCode,
        Detail = Detail,
        Field = Field,
        RequestId = RequestId,
        Advice = Advice,
    };
}
