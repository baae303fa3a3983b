using System;

namespace PulseRun.Core.Launch;

/// <summary>How long ago a launch was sent, and when the list can be trusted to show it. Time is counted by the steady clock only: the wall clock may be set at any moment.</summary>
internal static class LaunchTiming
{
    /// <summary>How long a sender of an earlier version waited for an answer.</summary>
    public static readonly TimeSpan DefaultRequestTimeout = TimeSpan.FromSeconds(100);

    /// <summary>For how long after its end a closed launch is looked at once more.</summary>
    public static readonly TimeSpan SecondLook = TimeSpan.FromMinutes(15);

    /// <summary>Returns for how long, at least, the launch has been on its way.</summary>
    public static TimeSpan Age(LaunchRecord record, SteadyTime now) => now.Since(record.Sent) ?? now.Since(record.FirstMet) ?? TimeSpan.Zero;

    /// <summary>Returns how long after it was sent a launch must be listed if it happened. A server that answered works on it no longer; one that did not may do so as long as its sender would wait.</summary>
    public static TimeSpan SettledAfter(LaunchRecord record, TimeSpan settle)
    {
        var ended = record.Ended?.Since(record.Sent);
        if (record.IsAnswered && ended is { } answered)
            return answered + settle;
        var timeout = record.RequestTimeout ?? DefaultRequestTimeout;
        return (ended > timeout ? ended.Value : timeout) + settle;
    }

    /// <summary>Returns how much longer to wait before the list proves that a launch did not happen; zero when it does now.</summary>
    public static TimeSpan Left(LaunchRecord record, TimeSpan settle, SteadyTime now)
    {
        var left = SettledAfter(record, settle) - Age(record, now);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Returns how long the command that sent it looks for it: until the list proves the outcome, or for the settle time when that would take much longer.</summary>
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
