using System;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Determines how long each reading of a run waits.</summary>
internal sealed class ReadingPlaces
{
    private static readonly Random s_random = new();
    private static readonly TimeSpan s_longestJitter = TimeSpan.FromHours(1);

    private readonly Func<string, TimeSpan> _wait;

    private ReadingPlaces(Func<string, TimeSpan> wait, TimeSpan longest, bool isSpread)
    {
        _wait = wait;
        Longest = longest;
        IsSpread = isSpread;
    }

    /// <summary>Gets the places of a run that takes its readings at once.</summary>
    public static ReadingPlaces AtOnce { get; } = new(static _ => TimeSpan.Zero, TimeSpan.Zero, isSpread: false);

    /// <summary>Gets the longest wait.</summary>
    public TimeSpan Longest { get; }

    /// <summary>True when each reading has its own place in the minute.</summary>
    public bool IsSpread { get; }

    /// <summary>Returns the time for which the reading of an instance waits, in real time.</summary>
    public TimeSpan Wait(string id) => _wait(id);

    /// <summary>Throws when a jitter is out of range.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it is negative, or more than an hour.</exception>
    public static void CheckJitter(TimeSpan? jitter)
    {
        if (jitter < TimeSpan.Zero || jitter > s_longestJitter)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Jitter: readings are put off by 0 to 1 hour.") { Field = "Jitter" };
    }

    /// <summary>Returns random waits up to the given time.</summary>
    public static ReadingPlaces Random(TimeSpan jitter) => jitter == TimeSpan.Zero ? AtOnce : new(_ => Random(jitter.Ticks), jitter, isSpread: false);

    /// <summary>
    /// Returns the places in the present minute for an unattended run. A person does not wait. When the clock of the connection is not this machine's,
    /// a wait in real time is meaningless, so the readings are taken at once; only an emulator whose clock runs fast is waited for, by its own clock.
    /// </summary>
    /// <param name="context">The connection.</param>
    /// <param name="skew">The server's clock minus that of the connection; null when unknown.</param>
    public static ReadingPlaces Of(Context context, TimeSpan? skew)
    {
        if (HostEnvironment.IsInteractive)
            return AtOnce;
        // With a clock that runs fast, waits are short.
        bool isMoved = context.HasMovedClock || (context.IsProcessMoved?.Invoke() == true && !MachineClock.IsFast);
        double rate = isMoved ? context.ClockRate > 1 ? context.ClockRate : 0 : 1;
        // A server on this machine with another time is a simulation whose clock is moved from outside.
        if (rate == 0 || (context.IsLocal && skew is { } known && known.Duration() > Context.LargestLocalSkew))
            return AtOnce;
        DateTimeOffset now = context.UtcNow;
        return new ReadingPlaces(id => new TimeSpan((long)(ReadingSchedule.WaitFor(id, now).Ticks / rate)), new TimeSpan((long)(ReadingOrder.Spread.Ticks / rate)), isSpread: true);
    }

    private static TimeSpan Random(long most)
    {
        lock (s_random)
            return new TimeSpan((long)(most * s_random.NextDouble()));
    }
}
