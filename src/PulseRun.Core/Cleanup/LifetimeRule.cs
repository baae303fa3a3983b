using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Defines what a cleanup does by the notes of instances: by lifetimes and off hours.</summary>
internal sealed record LifetimeRule
{
    public static readonly TimeSpan UsualWarning = TimeSpan.FromMinutes(15);

    /// <summary>Gets how long before the end of a lifetime a warning is sent; zero for no warning.</summary>
    public TimeSpan WarnBefore { get; init; } = UsualWarning;

    /// <summary>True when warnings have a receiver.</summary>
    public bool CanWarn { get; init; }

    /// <summary>True when instances that were stopped for their off hours are started at the end of them.</summary>
    public bool StartsAfterOffHours { get; init; }

    /// <summary>True when the instances of budgets that are exceeded are stopped.</summary>
    public bool EnforcesBudgets { get; init; }

    /// <summary>True when the run also decides by idleness. Then only instances that something is due for are decided here.</summary>
    public bool IdleFollows { get; init; }

    /// <summary>Gets the time zone of off hours that name none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Returns the error for an invalid value; null when the rule is valid.</summary>
    public PulseRunException? Check() => WarnBefore < TimeSpan.Zero || WarnBefore > TimeSpan.FromDays(366)
        ? new PulseRunException(ErrorIds.InvalidRequest, "WarnBeforeExpiry: the time must be from 0 (no warning) to one year.") { Field = "WarnBeforeExpiry" }
        : null;
}
