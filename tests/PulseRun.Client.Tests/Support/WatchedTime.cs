using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;

namespace PulseRun.Client.Tests.Support;

/// <summary>Provides a clock that tracks whether code that it woke is still running, so that a test can wait for that code before it advances the clock, however busy the machine is.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
{
    private int _isOwed = 1;

    /// <summary>True when code was woken (by a timer or <see cref="Owe"/>) and has not waited or read the clock since.</summary>
    public bool IsOwed => Volatile.Read(ref _isOwed) != 0;

    public void Owe() => Volatile.Write(ref _isOwed, 1);

    public void Pay() => Volatile.Write(ref _isOwed, 0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(Fire, null, dueTime, period);
        // Code that sets a time limit is still running.
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
