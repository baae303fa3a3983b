using System;

namespace PulseRun.Core.Cost;

/// <summary>Decides when a short runway is notified: once when it becomes short, and once a day while it stays so.</summary>
internal static class RunwayAlarm
{
    /// <summary>The time after which a runway that is still short is notified again.</summary>
    public static readonly TimeSpan Reminder = TimeSpan.FromHours(24);

    /// <summary>A runway must exceed the limit by a tenth before it counts as long again, so that one that varies around the limit is notified once.</summary>
    private const double Recovery = 1.1;

    /// <summary>Returns what to do.</summary>
    /// <param name="runway">The runway; null when nothing is billed.</param>
    /// <param name="below">The limit.</param>
    /// <param name="delivered">The time of the last delivered notification of this spell; null when there was none.</param>
    /// <param name="now">The present time.</param>
    public static RunwayAct Of(TimeSpan? runway, TimeSpan below, DateTimeOffset? delivered, DateTimeOffset now)
    {
        if (runway is not { } left || left.TotalSeconds >= below.TotalSeconds * Recovery)
            return RunwayAct.Reset;
        if (left >= below)
            return RunwayAct.Nothing;
        // A delivery in the future shows that the clock was set back.
        return delivered is not { } last || now - last >= Reminder || last - now > TimeSpan.FromMinutes(5) ? RunwayAct.Notify : RunwayAct.Nothing;
    }
}

/// <summary>Specifies what a runway requires.</summary>
internal enum RunwayAct
{
    /// <summary>Nothing: it is not short, or was notified.</summary>
    Nothing,

    /// <summary>A notification.</summary>
    Notify,

    /// <summary>The runway is long: the next short one is a new spell.</summary>
    Reset,
}
