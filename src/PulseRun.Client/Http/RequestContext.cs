using System;
using System.Threading;
using PulseRun.Core.Client;

namespace PulseRun.Client.Http;

/// <summary>One logical request: its attempts, retries and waits belong together.</summary>
internal sealed class RequestContext(Operation operation, string? target, TimeSpan maxWait, ICallObserver observer, CancellationToken cancel)
{
    public Operation Operation { get; } = operation;

    /// <summary>What people call the thing acted on: the id, or what is to be launched.</summary>
    public string? Target { get; } = target;

    public ICallObserver Observer { get; } = observer;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>What is left of the patience with the rate limit.</summary>
    public TimeSpan WaitLeft { get; set; } = maxWait;

    /// <summary>Whether it is sent once at most: not again after a failure, and not again after a refusal.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The time in which it may be sent; null for any time.</summary>
    public ActWindow? Window { get; init; }

    /// <summary>How often it has been sent.</summary>
    public int Sends { get; set; }

    /// <summary>Whether the observer has been told of a wait that is not over.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>How often the rate limit refused it.</summary>
    public int Refusals { get; set; }

    /// <summary>What is left of the server's time, when this is one of several requests that share a time limit, as the pages of a list do; null for the whole limit.</summary>
    public TimeSpan? TimeLeft { get; set; }

    /// <summary>How many bytes of answers it has read, after decompression.</summary>
    public long Bytes { get; set; }

    /// <summary>What the receiver of a list's rows or of a notification threw: neither an error of ours nor a reason to try again.</summary>
    public Exception? ReceiverFault { get; set; }

    public string Describe() => Operation.Describe(Target);
}
