using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;

namespace PulseRun.Client.Tests.Support;

/// <summary>A clock that knows whether somebody it woke is still on the way: whoever turns it waits for them, however busy the machine is.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
{
    private int _isOwed = 1;

    /// <summary>Somebody was woken (by a timer, or <see cref="Owe"/>) and has neither waited nor asked for anything since.</summary>
    public bool IsOwed => Volatile.Read(ref _isOwed) != 0;

    public void Owe() => Volatile.Write(ref _isOwed, 1);

    public void Pay() => Volatile.Write(ref _isOwed, 0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(Fire, null, dueTime, period);
        // A time limit is set by somebody who is still on the way.
        if (state is CancellationTokenSource or Attempt)
            return timer;
        Pay();
        return new Timer(timer, Pay);

        void Fire(object? _)
        {
            Owe();
            callback(state);
        }
    }

    private sealed class Timer(ITimer inner, Action onChange) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            onChange();
            return inner.Change(dueTime, period);
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
