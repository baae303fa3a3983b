using System;

namespace PulseRun.Client.Http;

/// <summary>A failed attempt: the error for the user, and what the retry rules need. Never leaves this assembly.</summary>
internal sealed class RequestFailure(FailureKind kind, PulseRunException error) : Exception(error.Message)
{
    public FailureKind Fault { get; } = kind;

    public PulseRunException Error { get; } = error;

    /// <summary>How long the rate limit wants to be left alone, where it refused and said so.</summary>
    public TimeSpan? Wait { get; init; }

    public int? Status => Error.StatusCode;

    /// <summary>The server's clock when it answered, where it did.</summary>
    public DateTimeOffset? ServerTime { get; init; }

    /// <summary>Whether the server may have acted although the attempt failed.</summary>
    public bool IsUnclear => Fault switch
    {
        FailureKind.Status => Error.ErrorId != ErrorIds.CapacityUnavailable && Status is 408 or >= 500,
        FailureKind.Unreachable or FailureKind.Untrusted or FailureKind.RateLimited or FailureKind.Refused or FailureKind.Closed => false,
        _ => true,
    };
}

/// <summary>How an attempt failed, as far as retrying goes.</summary>
internal enum FailureKind
{
    /// <summary>The server answered with an error status.</summary>
    Status,

    /// <summary>Provably nothing was sent: no such host, refused, no TLS.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, so nothing was sent.</summary>
    Untrusted,

    /// <summary>The connection broke, or the body ended early.</summary>
    Cut,

    /// <summary>Our own time limit, for the whole or for a stalled body.</summary>
    Timeout,

    /// <summary>The answer is not what the API promises.</summary>
    Malformed,

    /// <summary>The rate limit asks for more patience than allowed.</summary>
    RateLimited,

    /// <summary>The rate limit refused the request (429). It waits for its turn again, and that costs no attempt.</summary>
    Refused,

    /// <summary>The connection was closed by Disconnect-PulseRun meanwhile.</summary>
    Closed,

    /// <summary>An exception that this module does not expect.</summary>
    Unexpected,
}
