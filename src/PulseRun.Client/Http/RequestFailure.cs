using System;

namespace PulseRun.Client.Http;

/// <summary>The exception that is thrown when an attempt fails: the error for the user, with the data for the retry rules. Internal to this assembly.</summary>
internal sealed class RequestFailure(FailureKind kind, PulseRunException error) : Exception(error.Message)
{
    public FailureKind Kind { get; } = kind;

    public PulseRunException Error { get; } = error;

    /// <summary>Gets the wait that the rate limit requested with a rejection; null when it requested none.</summary>
    public TimeSpan? Wait { get; init; }

    public int? Status => Error.StatusCode;

    /// <summary>True when the server may have acted although the attempt failed.</summary>
    public bool IsUnclear => Kind switch
    {
        FailureKind.Status => Error.ErrorId != ErrorIds.CapacityUnavailable && Status is 408 or >= 500,
        FailureKind.Unreachable or FailureKind.Untrusted or FailureKind.RateLimited or FailureKind.Refused or FailureKind.Closed => false,
        _ => true,
    };

    /// <summary>True when a request that creates something may have created it. With a 5xx status, a text about capacity does not prove that it did not.</summary>
    public bool MayHaveCreated => IsUnclear || (Kind == FailureKind.Status && Status >= 500);

    /// <summary>True when the server no longer works on the request. The timeout of a gateway does not show whether the server behind it still does; a redirect is an answer.</summary>
    public bool IsAnswered => (Kind == FailureKind.Status && Status is not 504) || Status is >= 300 and < 400;
}

/// <summary>Specifies how an attempt failed, for the retry rules.</summary>
internal enum FailureKind
{
    /// <summary>The server answered with an error status.</summary>
    Status,

    /// <summary>Provably nothing was sent: the host name is unknown, the connection was refused, or TLS failed.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, so nothing was sent.</summary>
    Untrusted,

    /// <summary>The connection broke, or the body ended early.</summary>
    Cut,

    /// <summary>The time limit of the request or of a stalled body was exceeded.</summary>
    Timeout,

    /// <summary>The answer violates the API.</summary>
    Malformed,

    /// <summary>The rate limit requires a longer wait than allowed.</summary>
    RateLimited,

    /// <summary>The rate limit rejected the request (429). It waits for another permit, which does not count as an attempt.</summary>
    Refused,

    /// <summary>The connection was closed by Disconnect-PulseRun.</summary>
    Closed,

    /// <summary>An unexpected exception occurred.</summary>
    Unexpected,
}
