using System;

namespace PulseRun.Core.Launch;

/// <summary>Computes how long ago a launch was sent and when the list must contain it. Times are taken from the monotonic clock only, because the wall clock may be changed at any moment.</summary>
internal static class LaunchTiming
{
    /// <summary>The request timeout that is assumed for a record of an earlier version: the default of 100 seconds.</summary>
    public static readonly TimeSpan DefaultRequestTimeout = TimeSpan.FromSeconds(100);

    /// <summary>For how long after its end a closed launch is looked at once more.</summary>
    public static readonly TimeSpan SecondLook = TimeSpan.FromMinutes(15);

    /// <summary>Returns the shortest possible time since the launch was sent.</summary>
    public static TimeSpan Age(LaunchRecord record, SteadyTime now) => now.Since(record.Sent) ?? now.Since(record.FirstMet) ?? TimeSpan.Zero;

    /// <summary>Returns the time after sending from which a launched instance must be listed. A server that answered no longer works on the launch; one that did not may do so for as long as its sender would wait.</summary>
    public static TimeSpan SettledAfter(LaunchRecord record, TimeSpan settle)
    {
        var ended = record.Ended?.Since(record.Sent);
        if (record.IsAnswered && ended is { } answered)
            return answered + settle;
        var timeout = record.RequestTimeout ?? DefaultRequestTimeout;
        return (ended > timeout ? ended.Value : timeout) + settle;
    }

    /// <summary>Returns the remaining time until the list proves that a launch did not happen; zero when it does now.</summary>
    public static TimeSpan Left(LaunchRecord record, TimeSpan settle, SteadyTime now)
    {
        var left = SettledAfter(record, settle) - Age(record, now);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Returns how long the command that sent the launch waits before it looks for it: until the list proves the outcome, or for the settle time if that would take much longer. If an instance fits then, it waits for the proof.</summary>
    public static TimeSpan Patience(LaunchRecord record, TimeSpan settle, SteadyTime now)
    {
        var left = Left(record, settle, now);
        var timeout = record.RequestTimeout ?? DefaultRequestTimeout;
        return record.IsAnswered || settle >= timeout || left < settle ? left : settle;
    }

    /// <summary>True when a launch that was closed as not launched is to be looked at once more.</summary>
    public static bool IsDueForSecondLook(LaunchRecord record, SteadyTime now) =>
        record.NeedsAnotherLook && Age(record, now) < SecondLook + (record.RequestTimeout ?? DefaultRequestTimeout);
}
