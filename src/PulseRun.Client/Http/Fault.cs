namespace PulseRun.Client.Http;

/// <summary>How an attempt failed, as far as retrying goes.</summary>
internal enum Fault
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
