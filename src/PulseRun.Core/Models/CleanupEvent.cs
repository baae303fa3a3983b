using System;
using System.Globalization;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents what a cleanup notifies of: the warning before a stop or before the end of a lifetime, or an act that was carried out.</summary>
/// <remarks><c>Invoke-PRCleanup -Notify { param($event) ... }</c> receives it. It contains no secret.</remarks>
public sealed class CleanupEvent
{
    internal CleanupEvent(CleanupEventKind kind, Instance instance)
    {
        Kind = kind;
        Instance = instance;
        LaunchedBy = instance.LaunchedBy;
    }

    /// <summary>Gets what is notified: Warning, Stopped, Removed or Started.</summary>
    public CleanupEventKind Kind { get; }

    /// <summary>Gets the id of the instance.</summary>
    public string Id => Instance.Id;

    /// <summary>Gets the owner of the instance; null when unknown.</summary>
    public string? LaunchedBy { get; init; }

    /// <summary>Gets the name of the instance; null without one.</summary>
    public string? Name => Instance.Name;

    /// <summary>Gets why: Idle, Expired, ExpiryNear, OffHours, OffHoursOver, StoppedLong or WarningDue.</summary>
    public CleanupReason Reason { get; init; }

    /// <summary>Gets the time at which the lifetime of the instance ends (UTC); null without a lifetime.</summary>
    public DateTimeOffset? ExpiresAt => Instance.ExpiresAt;

    /// <summary>Gets the slug of the GPU type.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>Gets the provider of the instance.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>Gets the region of the instance.</summary>
    public string? Region => Instance.Region;

    /// <summary>Gets the price in dollars per hour; null when the server sent none.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>Gets the time of the first low reading of the unbroken run (UTC); null when unknown, as for an instance that was removed.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    /// <summary>Gets how long the instance had been idle at <see cref="Time"/>; null when unknown.</summary>
    public TimeSpan? IdleFor => Time - IdleSince;

    /// <summary>Gets the earliest time of the stop that a warning announces (UTC); null for an act that was carried out.</summary>
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>Gets the savings in dollars per hour of an instance that was stopped; null for all others, and when the price is unknown.</summary>
    public decimal? SavedPerHour => Kind == CleanupEventKind.Stopped ? CostPerHour : null;

    /// <summary>Gets the time of the event (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Gets the event as one or two English sentences.</summary>
    public string Message
    {
        get
        {
            string instance = Formatting.Describe(Instance) + (LaunchedBy is { } owner ? ", launched by " + CleanText.Clean(owner, 80) + "," : "");
            string since = IdleSince is { } start ? " since " + Moment(start) + " (" + Display.Duration(Time - start) + ")" : "";
            return (Kind, Reason) switch
            {
                (CleanupEventKind.Warning, CleanupReason.ExpiryNear) => instance + " will be " + (Instance.AtExpiry == ExpiryAction.Remove ? "removed, with its disk," : "stopped")
                    + " at " + Moment(ExpiresAt ?? Time) + ", when its lifetime ends. Set-PRInstance -Lifetime prolongs it.",
                (CleanupEventKind.Stopped, CleanupReason.Expired) => instance + " was stopped, because its lifetime has ended." + (SavedPerHour is { } less ? " This saves " + Display.PerHour(less) + "." : ""),
                (CleanupEventKind.Removed, CleanupReason.Expired) => instance + " was removed, with its disk, because its lifetime has ended.",
                (CleanupEventKind.Stopped, CleanupReason.OffHours) => instance + " was stopped, because its off hours have begun." + (SavedPerHour is { } saves ? " This saves " + Display.PerHour(saves) + "." : ""),
                (CleanupEventKind.Started, _) => instance + " was started, because its off hours are over.",
                (CleanupEventKind.Warning, _) => instance + " has been idle" + since + "." + (StopAt is { } stop ? " It will be stopped at " + Moment(stop) + ", unless it is used before." : ""),
                (CleanupEventKind.Stopped, _) => instance + " was stopped. It had been idle" + since + "." + (SavedPerHour is { } saved ? " This saves " + Display.PerHour(saved) + "." : ""),
                _ => instance + " was removed, with its disk, because it had been stopped for long.",
            };
        }
    }

    /// <summary>Gets the instance.</summary>
    internal Instance Instance { get; }

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    /// <summary>Returns a time as text, to the second, in UTC.</summary>
    internal static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>Specifies what a cleanup notifies of.</summary>
public enum CleanupEventKind
{
    /// <summary>An instance will be stopped or removed, because it is idle or its lifetime ends.</summary>
    Warning,

    /// <summary>An instance was stopped, because it was idle, its lifetime has ended, or its off hours have begun.</summary>
    Stopped,

    /// <summary>An instance that was stopped for long, or whose lifetime has ended, was removed, with its disk.</summary>
    Removed,

    /// <summary>An instance was started, because its off hours are over.</summary>
    Started,
}
