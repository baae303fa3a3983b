using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Defines when a warning is sent before a stop.</summary>
/// <param name="IdleFor">The time that an instance must have been idle to be stopped.</param>
/// <param name="WarnAfter">The time that an instance must have been idle for the warning.</param>
internal sealed record LadderRule(TimeSpan IdleFor, TimeSpan WarnAfter)
{
    /// <summary>Gets the shortest time from the delivery of the warning to the stop.</summary>
    public TimeSpan Notice => IdleFor - WarnAfter;

    /// <summary>Returns the error for an invalid value; null when the rule is valid.</summary>
    public PulseRunException? Check()
    {
        if (WarnAfter < TimeSpan.FromSeconds(1))
            return Refuse("the time must be at least 1 second.");
        return WarnAfter >= IdleFor ? Refuse("the warning must come before the stop, so the time must be shorter than -IdleFor.") : null;
    }

    /// <summary>Returns the rule that decides when the warning is due: the same proof over a shorter window, with as many fewer readings.</summary>
    public Idle.IdleRule ForWarning(Idle.IdleRule stop) => stop with
    {
        For = WarnAfter,
        MinSamples = (int)Math.Max(1, Math.Ceiling(stop.MinSamples * ((double)WarnAfter.Ticks / IdleFor.Ticks))),
        MaxGap = stop.Gap,
    };

    private static PulseRunException Refuse(string why) => new(ErrorIds.InvalidRequest, "WarnAfter: " + why + " Nothing was done.") { Field = "WarnAfter" };
}
