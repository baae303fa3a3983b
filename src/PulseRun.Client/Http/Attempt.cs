using System;
using System.Threading;

namespace PulseRun.Client.Http;

/// <summary>One sending of a request, with its time limit. Rides along in the request's properties.</summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>The name among the request's properties.</summary>
    public const string Key = "PulseRun.Attempt";

    /// <summary>How long a body may stall.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end;
    private readonly ITimer _timer;
    private volatile bool _expired;

    public Attempt(Call call, TimeProvider time, TimeSpan limit)
    {
        Call = call;
        Number = call.Sends;
        _end = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        _timer = time.CreateTimer(static state => ((Attempt)state!).Expire(), this, limit, Timeout.InfiniteTimeSpan);
        Limit = limit;
    }

    public Call Call { get; }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>The limit now in force: the whole request's, or a stalled body's.</summary>
    public TimeSpan Limit { get; private set; }

    public bool Expired => _expired;

    public CancellationToken Token => _end.Token;

    /// <summary>Whether the limit in force is that of a stalled body.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>From now on the body may not stall for long; how long it takes as a whole is its own affair.</summary>
    public void WatchForStall()
    {
        IsStalled = true;
        Limit = StallLimit;
        _timer.Change(StallLimit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>No limit until the next <see cref="WatchForStall"/>: what takes time now is not the server.</summary>
    public void Disarm() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _end.Dispose();
    }

    private void Expire()
    {
        _expired = true;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer came at the last moment.
        }
    }
}
