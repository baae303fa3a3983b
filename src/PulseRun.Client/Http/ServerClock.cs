using System;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Http;

/// <summary>Estimates the server's time from its Date headers, relative to the monotonic clock. Whether an instance was created after a launch was sent must not depend on changes of the wall clock in between.</summary>
/// <param name="now">Returns the local time.</param>
/// <param name="time">The monotonic clock.</param>
/// <param name="rate">The speed of the server's clock; 1 is real time.</param>
/// <param name="follow">Receives the skew after each Date header; null for nothing. It may move the local time.</param>
internal sealed class ServerClock(Func<DateTimeOffset> now, TimeProvider time, double rate, Action<TimeSpan>? follow = null)
{
    /// <summary>The largest difference at which two answers still agree: Date headers have whole seconds, and an answer takes some time to arrive.</summary>
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(3);

    /// <summary>An answer that came at most this time before a launch has a Date that bounds the server's time during the launch: clocks drift apart.</summary>
    private static readonly TimeSpan s_driftless = TimeSpan.FromMinutes(1);

    /// <summary>The expected remainder of a Date header, which is truncated to whole seconds.</summary>
    private static readonly TimeSpan s_expectedRest = TimeSpan.FromSeconds(0.5);

    private const int MaxKept = 32;

    private readonly object _lock = new();
    // These arrays are a ring. A queue of structures would have to be compiled at the first call.
    private readonly TimeSpan[] _at = new TimeSpan[MaxKept];
    private readonly TimeSpan[] _offsets = new TimeSpan[MaxKept];
    private readonly TimeSpan[] _took = new TimeSpan[MaxKept];
    private int _count;

    /// <summary>Gets the local time; for an emulator, its own time.</summary>
    public DateTimeOffset Now => now();

    /// <summary>Gets the time of the monotonic clock.</summary>
    public SteadyTime Steady => new(BootName.Current, SinceBoot);

    private TimeSpan SinceBoot => time.GetElapsedTime(0);

    /// <summary>Gets the server's time minus the local time; null when the server sent no time.</summary>
    public TimeSpan? Skew
    {
        get
        {
            var moment = Steady;
            return TimeAt(moment, moment) - Now;
        }
    }

    /// <summary>Processes the Date header of an answer that has just arrived.</summary>
    /// <param name="date">The header; null for none.</param>
    /// <param name="sent">When the request was sent; null counts as now.</param>
    public void Observe(DateTimeOffset? date, SteadyTime? sent = null)
    {
        if (date is not { } told)
            return;
        lock (_lock)
        {
            var at = SinceBoot;
            var offset = TimeSpan.FromTicks(told.UtcTicks) + s_expectedRest - Scale(at);
            _at[_count % MaxKept] = at;
            _offsets[_count % MaxKept] = offset;
            _took[_count % MaxKept] = sent is null ? TimeSpan.Zero : Scale(at - sent.SinceBoot);
            // The count starts again at the size of the ring, so that it never overflows and the ring counts as full.
            _count = _count == 2 * MaxKept - 1 ? MaxKept : _count + 1;
            // This is called inside the lock, because the second of two answers must see the local time that the first one has moved.
            follow?.Invoke(told + s_expectedRest - Now);
        }
    }

    /// <summary>Returns the server's time at a given time.</summary>
    /// <param name="moment">A time of this boot.</param>
    /// <param name="since">Answers since this time must agree; if they do not, they come from several clocks.</param>
    /// <returns>The server's time; null when the server sent none, its answers disagree, or the time is of another boot.</returns>
    public DateTimeOffset? TimeAt(SteadyTime moment, SteadyTime since)
    {
        if (moment.Boot != BootName.Current)
            return null;
        lock (_lock)
        {
            if (_count == 0)
                return null;
            var last = _offsets[(_count - 1) % MaxKept];
            for (int i = 0; i < Math.Min(_count, MaxKept); i++)
            {
                if (_at[i] >= since.SinceBoot && (_offsets[i] - last).Duration() > s_agreement)
                    return null;
            }
            long ticks = (last + Scale(moment.SinceBoot)).Ticks;
            return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }
    }

    /// <summary>Returns the earliest and the latest time that the server's clock can have shown at a given time.</summary>
    /// <param name="moment">A time of this boot.</param>
    /// <param name="since">Answers since this time must agree; if they do not, they come from several clocks.</param>
    /// <returns>Null as <see cref="TimeAt"/>.</returns>
    /// <remarks>A Date that is truncated to seconds was written between the sending of the request and the arrival of the answer. Each answer narrows the range, as its fraction of a second is another.</remarks>
    public TimeRange? RangeAt(SteadyTime moment, SteadyTime since)
    {
        lock (_lock)
        {
            if (TimeAt(moment, since) is not { } best)
                return null;
            var last = _offsets[(_count - 1) % MaxKept];
            TimeSpan low = TimeSpan.MinValue, high = TimeSpan.MaxValue;
            for (int i = 0; i < Math.Min(_count, MaxKept); i++)
            {
                var ahead = _offsets[i] - last;
                if (_at[i] < since.SinceBoot - s_driftless || ahead.Duration() > s_agreement)
                    continue;
                if (ahead - s_expectedRest > low)
                    low = ahead - s_expectedRest;
                if (ahead + s_expectedRest + _took[i] < high)
                    high = ahead + s_expectedRest + _took[i];
            }
            // Servers whose clocks differ a little contradict one another. Then any of them may be right.
            if (low > high)
                (low, high) = (high, low);
            return new TimeRange(best, low, high);
        }
    }

    private TimeSpan Scale(TimeSpan steady) => rate == 1 ? steady : TimeSpan.FromTicks((long)(steady.Ticks * rate));
}
