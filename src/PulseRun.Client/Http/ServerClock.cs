using System;

namespace PulseRun.Client.Http;

/// <summary>What time the server thinks it is, from its Date headers: whether an instance was created after a launch was sent is told by the server's clock, not by ours.</summary>
internal sealed class ServerClock(Func<DateTimeOffset> now)
{
    private long _skew;
    private volatile bool _isKnown;

    /// <summary>This machine's time (an emulator's own, where one is connected).</summary>
    public DateTimeOffset Now => now();

    /// <summary>The server's clock minus this machine's; null before it told the time.</summary>
    public TimeSpan? Skew => _isKnown ? new TimeSpan(System.Threading.Interlocked.Read(ref _skew)) : null;

    /// <summary>Takes the Date header of an answer that has just come.</summary>
    public void Observe(DateTimeOffset? date)
    {
        if (date is not { } told)
            return;
        // Date is cut to whole seconds: half of one is the best guess of what was cut.
        System.Threading.Interlocked.Exchange(ref _skew, (told + TimeSpan.FromSeconds(0.5) - Now).Ticks);
        _isKnown = true;
    }
}
