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

    /// <summary>Returns how long the command that sent the launch looks for it: until the list proves the outcome, or for the settle time if that would take much longer.</summary>
    public static TimeSpan Patience(LaunchRecord record, TimeSpan settle, SteadyTime now)
    {
        var left = Left(record, settle, now);
        var timeout = record.RequestTimeout ?? DefaultRequestTimeout;
        return record.IsAnswered || settle >= timeout || left < settle ? left : settle;
    }

    /// <summary>True when a launch is recognised in the list while its server may still be working on it: then its own instance may come later than the one that is taken for it.</summary>
    public static bool MayComeLater(LaunchRecord record, SteadyTime now) =>
        record is { IsAnswered: false, Ended: not null } && Age(record, now) < (record.RequestTimeout ?? DefaultRequestTimeout);

    /// <summary>True when a launch that was closed is to be looked at once more. One that was recognised early waits until its server must be done.</summary>
    public static bool IsDueForSecondLook(LaunchRecord record, SteadyTime now)
    {
        var age = Age(record, now);
        return record.NeedsAnotherLook
            && age < SecondLook + (record.RequestTimeout ?? DefaultRequestTimeout)
            && (record.Outcome != LaunchOutcome.Launched || age >= SettledAfter(record, LaunchOptions.DefaultSettle));
    }
}
