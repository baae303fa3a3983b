using System;
using System.Threading;
using PulseRun.Core.Client;

namespace PulseRun.Client.Http;

/// <summary>Represents one logical request, with its attempts, retries and waits.</summary>
internal sealed class RequestContext(Operation operation, string? target, TimeSpan maxWait, ICallObserver observer, CancellationToken cancel)
{
    public Operation Operation { get; } = operation;

    /// <summary>Gets the target for messages: the id, or a description of the launch.</summary>
    public string? Target { get; } = target;

    /// <summary>Gets the address of the server, for messages; null when it is not to be named.</summary>
    public Uri? Server { get; init; }

    public ICallObserver Observer { get; } = observer;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>Gets or sets how long the request may still wait for the rate limit.</summary>
    public TimeSpan WaitLeft { get; set; } = maxWait;

    /// <summary>True when the request is sent at most once: neither after a failure nor after a rejection again.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Gets the time in which the request may be sent; null for any time.</summary>
    public ActWindow? Window { get; init; }

    /// <summary>Gets what is called before each transmission of a request that changes something; null for nothing. If it throws, the request is not sent.</summary>
    public Action? BeforeSending { get; init; }

    /// <summary>Gets or sets how long the request has waited for the rate limit since it was sent last.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>Gets or sets the number of transmissions.</summary>
    public int Sends { get; set; }

    /// <summary>True while the observer has been notified of a wait that is not over.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Gets or sets the number of rejections by the rate limit.</summary>
    public int Refusals { get; set; }

    /// <summary>Gets or sets the remaining time when several requests share one time limit, such as the pages of a list; null for the whole time limit.</summary>
    public TimeSpan? TimeLeft { get; set; }

    /// <summary>Gets or sets the number of bytes of answers read, after decompression.</summary>
    public long Bytes { get; set; }

    /// <summary>Gets or sets the exception of a receiver of rows or notifications. It is passed on unchanged and does not cause a retry.</summary>
    public Exception? ReceiverFault { get; set; }

    public string Describe() => Operation.Describe(Target);
}
