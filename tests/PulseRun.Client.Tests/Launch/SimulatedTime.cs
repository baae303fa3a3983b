using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.Tests.Launch;

/// <summary>One thread and one clock that goes from timer to timer. Without a synchronization context whatever waits for a timer goes on within the timer's call, so that all is done when the next one fires: the same seed is the same run.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The limit of a simulated test: one day, which no test reaches.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromDays(1);

    private readonly object _lock = new();
    private readonly SortedSet<(TimeSpan Due, long Number, Timer Timer)> _timers = new(Comparer<(TimeSpan Due, long Number, Timer Timer)>.Create(static (a, b) =>
        a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Number.CompareTo(b.Number)));

    private long _numbers;
    private TimeSpan _now = TimeSpan.FromHours(1);
    private int _thread;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public DateTimeOffset Now => s_start + _now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public Task WaitAsync(TimeSpan time) => this.Delay(time, CancellationToken.None);

    /// <summary>Fails when the work has left the one thread: then a run depends on more than its seed.</summary>
    public void CheckThread()
    {
#if NET
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("It has left its thread.");
#else
        _ = _thread;
#endif
    }

    /// <summary>Runs until the work has ended.</summary>
    /// <param name="start">Begins the work.</param>
    /// <param name="isPumped">True for work that waits for semaphores, which would continue it on other threads: it is continued here before the next timer.</param>
    public void Run(Func<Task> start, bool isPumped = false)
    {
        var before = SynchronizationContext.Current;
        var pump = isPumped ? new Pump() : null;
        SynchronizationContext.SetSynchronizationContext(pump);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            var task = start();
            for (int idle = 0; !task.IsCompleted;)
            {
#if !NET
                // HttpClient hands work to other threads there.
                Thread.Sleep(1);
#endif
                if (pump?.Next() == true || Fire())
                    idle = 0;
                else if (++idle > 1000)
                    throw new TimeoutException("It waits for nothing.");
                else
                    Thread.Sleep(1);
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private bool Fire()
    {
        Timer timer;
        lock (_lock)
        {
            if (_timers.Count == 0)
                return false;
            var next = _timers.Min;
            _timers.Remove(next);
            if (next.Due > _now)
                _now = next.Due;
            if (_now > s_limit)
                throw new TimeoutException("It does not end.");
            timer = next.Timer;
            timer.Entry = null;
        }
        timer.Callback(timer.State);
        return true;
    }

    /// <summary>Continues work on the one thread.</summary>
    private sealed class Pump : SynchronizationContext
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(SendOrPostCallback Work, object? State)> _work = new();

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public bool Next()
        {
            if (!_work.TryDequeue(out var one))
                return false;
            one.Work(one.State);
            return true;
        }
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimerCallback Callback => callback;

        public object? State => state;

        public (TimeSpan Due, long Number, Timer Timer)? Entry { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
                throw new NotSupportedException("Nothing here repeats.");
            lock (time._lock)
            {
                if (Entry is { } old)
                    time._timers.Remove(old);
                Entry = null;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                var entry = (time._now + dueTime, time._numbers++, this);
                Entry = entry;
                time._timers.Add(entry);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
