using System;

namespace PulseRun.Core.Launch;

/// <summary>Walks through one plan: which alternative is asked for next, when, and when the plan is over. Times are those of a clock that only goes forward.</summary>
/// <param name="plan">The plan.</param>
/// <param name="refusals">The refusals that the launches of the command have met.</param>
internal sealed class PlanRun(LaunchPlan plan, PlanRefusals refusals)
{
    private TimeSpan? _started;
    private int _position;
    private int _round = 1;
    private TimeSpan? _notBefore;

    public LaunchPlan Plan => plan;

    public PlanRefusals Refusals => refusals;

    /// <summary>Gets when the plan ends, if it has not launched by then.</summary>
    public TimeSpan Deadline => (_started ?? TimeSpan.Zero) + plan.RetryFor;

    /// <summary>Returns the next step. The time of the plan counts from the first.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="random">A number from 0 to 1, for the jitter of a wait.</param>
    public LaunchStep Next(TimeSpan now, double random)
    {
        _started ??= now;
        if (_notBefore is { } due)
        {
            if (now < due)
                return LaunchStep.Waits(due);
            _notBefore = null;
            _position = 0;
            _round++;
        }
        // Each alternative has its chance once, however long the first round takes.
        if (_round > 1 && now > Deadline)
            return LaunchStep.Over;
        if (_position < plan.Alternatives.Count)
        {
            var request = plan.Alternatives[_position];
            return refusals.RefusedAgo(request, now, plan.Rest) is { } ago ? LaunchStep.Skips(_position++, ago) : LaunchStep.Asks(_position++);
        }
        if (plan.RetryFor == TimeSpan.Zero)
            return LaunchStep.Over;
        var wait = PlanRules.Wait(_round, plan.RetryEvery, plan.Alternatives.Count);
        if (now + wait > Deadline)
            return LaunchStep.Over;
        // The jitter delays the last round only as far as it can still ask for all alternatives before the deadline.
        var latest = Deadline - PlanRules.RoundTime(plan.Alternatives.Count);
        var next = now + TimeSpan.FromTicks((long)(wait.Ticks * (1 + (PlanRules.Jitter * random))));
        next = next < latest ? next : latest;
        _notBefore = next > now + wait ? next : now + wait;
        return LaunchStep.Waits(_notBefore.Value);
    }
}

/// <summary>Represents the next step of a plan.</summary>
/// <param name="Kind">The next step.</param>
/// <param name="Alternative">The index of the alternative, to ask for or to skip.</param>
/// <param name="Time">The time at which a wait ends, or the time since a skipped alternative was refused.</param>
internal readonly record struct LaunchStep(LaunchStepKind Kind, int Alternative = 0, TimeSpan Time = default)
{
    /// <summary>Gets the step that ends the plan.</summary>
    public static LaunchStep Over { get; } = new(LaunchStepKind.Over);

    public static LaunchStep Asks(int alternative) => new(LaunchStepKind.Ask, alternative);

    public static LaunchStep Skips(int alternative, TimeSpan ago) => new(LaunchStepKind.Skip, alternative, ago);

    public static LaunchStep Waits(TimeSpan until) => new(LaunchStepKind.Wait, Time: until);
}

/// <summary>Specifies the next step of a plan.</summary>
internal enum LaunchStepKind
{
    /// <summary>Asks for an alternative.</summary>
    Ask,

    /// <summary>Leaves an alternative out, because it was just refused to another launch of the command.</summary>
    Skip,

    /// <summary>Waits for the next round.</summary>
    Wait,

    /// <summary>All alternatives were refused, and the time is over.</summary>
    Over,
}
