using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents an error of this module: its id, the object it concerns, and the server's text.</summary>
/// <remarks>Scripts catch it as <c>[PulseRun.PulseRunException]</c>. It never contains a key.</remarks>
public sealed class PulseRunException : Exception
{
    /// <summary>Creates an error with the given id.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
    /// <param name="message">The message, which says what failed, for which object, and why.</param>
    /// <param name="inner">The cause. It is kept only if it is an error of this module: the text of any other exception could contain a secret.</param>
    public PulseRunException(string errorId, string message, Exception? inner = null)
        : base(message, inner as PulseRunException) => ErrorId = errorId;

    /// <summary>Gets one of <see cref="ErrorIds"/>, the first part of FullyQualifiedErrorId.</summary>
    public string ErrorId { get; }

    /// <summary>Gets the HTTP status; null when the server did not answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets the server's text, without control characters and secrets, at most 500 characters.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets the name of the invalid field; null when none is known.</summary>
    public string? Field { get; init; }

    /// <summary>Gets the server's id of the request, for its support; null when it sent none.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the standard output that a command had written when its time limit ended it (CommandTimeout); null for other errors.</summary>
    public string? StdOut { get; init; }

    /// <summary>Gets the standard error that a command had written when its time limit ended it (CommandTimeout); null for other errors.</summary>
    public string? StdErr { get; init; }

    /// <summary>Gets every attempt of a launch plan that failed, oldest first; empty for other errors.</summary>
    public IReadOnlyList<LaunchAttempt> Attempts { get; init; } = [];

    /// <summary>Gets the recommended action when it is more specific than that of the error id; null otherwise.</summary>
    internal string? Advice { get; init; }

    /// <summary>Returns the same error with another recommended action.</summary>
    internal PulseRunException Advised(string advice) => new(ErrorId, Message, InnerException)
    {
        StatusCode = StatusCode,
        Detail = Detail,
        Field = Field,
        RequestId = RequestId,
        StdOut = StdOut,
        StdErr = StdErr,
        Attempts = Attempts,
        Advice = advice,
    };

    /// <summary>Returns the same error with the attempts of a launch plan.</summary>
    internal PulseRunException After(IReadOnlyList<LaunchAttempt> attempts, string? message = null) => new(ErrorId, message ?? Message, InnerException)
    {
        StatusCode = StatusCode,
        Detail = Detail,
        Field = Field,
        RequestId = RequestId,
        StdOut = StdOut,
        StdErr = StdErr,
        Attempts = attempts,
        Advice = Advice,
    };

    /// <summary>Returns an error with the server's details, but with another id and message.</summary>
    internal PulseRunException Rephrase(string errorId, string message) => new(errorId, message)
    {
        StatusCode = StatusCode,
        Detail = Detail,
        Field = Field,
        RequestId = RequestId,
        Attempts = Attempts,
        Advice = Advice,
    };
}
