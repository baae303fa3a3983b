using System;

namespace PulseRun.Client.Http;

/// <summary>A failed attempt: the error for the user, and what the retry rules need. Never leaves this assembly.</summary>
internal sealed class CallFailure(Fault fault, PulseRunException error) : Exception(error.Message)
{
    public Fault Fault { get; } = fault;

    public PulseRunException Error { get; } = error;

    /// <summary>How long the rate limit wants to be left alone, where it refused and said so.</summary>
    public TimeSpan? Wait { get; init; }

    public int? Status => Error.StatusCode;

    /// <summary>The server's clock when it answered, where it did.</summary>
    public DateTimeOffset? ServerTime { get; init; }

    /// <summary>Whether the server may have acted although the attempt failed.</summary>
    public bool IsUnclear => Fault switch
    {
        Fault.Status => Error.ErrorId != ErrorIds.CapacityUnavailable && Status is 408 or >= 500,
        Fault.Unreachable or Fault.Untrusted or Fault.RateLimited or Fault.Refused or Fault.Closed => false,
        _ => true,
    };
}
