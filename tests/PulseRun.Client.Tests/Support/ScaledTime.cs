using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Tests.Support;

/// <summary>Provides real time at a higher speed, for tests with so many concurrent activities that no point without work can be detected.</summary>
internal sealed class ScaledTime(int factor) : TimeProvider
{
    private readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromSeconds((double)GetTimestamp() / Stopwatch.Frequency);

    public override long GetTimestamp() => (Stopwatch.GetTimestamp() - _startedAt) * factor;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), Shorter);

    private TimeSpan Shorter(TimeSpan time) => time <= TimeSpan.Zero ? time : new TimeSpan(Math.Max(1, time.Ticks / factor));

    private sealed class Timer(ITimer inner, Func<TimeSpan, TimeSpan> shorter) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(shorter(dueTime), shorter(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
