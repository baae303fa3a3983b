using System;
using System.Diagnostics;
using System.Threading;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Measures how long a busy machine lets this process wait, for tests that compare real times.</summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    private readonly Timer _timer;
    private long _last = Stopwatch.GetTimestamp();
    private long _longest;

    public Heartbeat() => _timer = new Timer(_ => Beat(), null, s_interval, s_interval);

    /// <summary>Gets the longest time by which a beat came late.</summary>
    public TimeSpan LongestPause
    {
        get
        {
            Beat();
            return new TimeSpan(Interlocked.Read(ref _longest));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        long now = Stopwatch.GetTimestamp();
        long late = (Stopwatch.GetElapsedTime(Interlocked.Exchange(ref _last, now), now) - s_interval).Ticks;
        long known;
        while (late > (known = Interlocked.Read(ref _longest)))
            Interlocked.CompareExchange(ref _longest, late, known);
    }
}
