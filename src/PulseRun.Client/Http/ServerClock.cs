using System;
using System.Collections.Generic;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Http;

/// <summary>The time at the server, from its Date headers. Kept against the steady clock, which cannot be set: whether an instance was created after a launch was sent must not depend on what happened to this machine's wall clock in between.</summary>
/// <param name="now">Returns this machine's time.</param>
/// <param name="time">The steady clock.</param>
/// <param name="rate">How fast the server's clock runs.</param>
internal sealed class ServerClock(Func<DateTimeOffset> now, TimeProvider time, double rate)
{
    /// <summary>Date headers come in whole seconds, and an answer is on its way for a while: so far apart they may be and still tell one time.</summary>
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(3);

    private const int MaxKept = 32;

    private readonly object _lock = new();
    private readonly Queue<(TimeSpan At, TimeSpan Offset)> _observed = new();
    private (TimeSpan At, TimeSpan Offset)? _last;

    /// <summary>This machine's time (an emulator's own, where one is connected).</summary>
    public DateTimeOffset Now => now();

    /// <summary>The steady clock's time.</summary>
    public SteadyTime Steady => new(BootName.Current, SinceBoot);

    private TimeSpan SinceBoot => time.GetElapsedTime(0);

    /// <summary>The server's time minus this machine's; null when the server never told the time.</summary>
    public TimeSpan? Skew
    {
        get
        {
            var moment = Steady;
            return TimeAt(moment, moment) - Now;
        }
    }

    /// <summary>Takes the Date header of an answer that has just come.</summary>
    public void Observe(DateTimeOffset? date)
    {
        if (date is not { } told)
            return;
        lock (_lock)
        {
            var at = SinceBoot;
            // Date is cut to whole seconds: half of one is the best guess of what was cut.
            var offset = TimeSpan.FromTicks(told.UtcTicks) + TimeSpan.FromSeconds(0.5) - Scale(at);
            _last = (at, offset);
            _observed.Enqueue((at, offset));
            if (_observed.Count > MaxKept)
                _observed.Dequeue();
        }
    }

    /// <summary>Returns the server's time at a moment.</summary>
    /// <param name="moment">The moment, of this boot.</param>
    /// <param name="since">Answers since then must agree on the server's time; if they do not, several clocks tell it.</param>
    /// <returns>Null when the server never told the time, when its answers disagree, or when the moment is of another boot.</returns>
    public DateTimeOffset? TimeAt(SteadyTime moment, SteadyTime since)
    {
        if (moment.Boot != BootName.Current)
            return null;
        lock (_lock)
        {
            if (_last is not { } last)
                return null;
            foreach (var (at, offset) in _observed)
            {
                if (at >= since.SinceBoot && (offset - last.Offset).Duration() > s_agreement)
                    return null;
            }
            long ticks = (last.Offset + Scale(moment.SinceBoot)).Ticks;
            return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }
    }

    private TimeSpan Scale(TimeSpan steady) => rate == 1 ? steady : TimeSpan.FromTicks((long)(steady.Ticks * rate));
}
