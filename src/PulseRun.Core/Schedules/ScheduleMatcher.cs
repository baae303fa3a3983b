using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Schedules;

/// <summary>Decides from the list what became of a schedule whose answer was lost.</summary>
internal static class ScheduleMatcher
{
    /// <summary>The largest time by which a schedule can seem to be older than its request, because the clocks of the server differ.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(2);

    /// <summary>Compares an intent with the list.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="listed">The schedules in the list.</param>
    /// <param name="claimed">The schedules that other intents have claimed.</param>
    /// <param name="sentAt">The time of sending by the server's clock; null when it is not known.</param>
    /// <param name="isSettled">True when the list must show the schedule, if it exists.</param>
    public static ScheduleMatch Match(ScheduleRecord intent, IReadOnlyList<PulseRun.Schedule> listed, ISet<string> claimed, DateTimeOffset? sentAt, bool isSettled)
    {
        var before = new HashSet<string>(intent.Before, StringComparer.Ordinal);
        var fitting = new List<PulseRun.Schedule>();
        var possible = new List<PulseRun.Schedule>();
        foreach (PulseRun.Schedule one in listed.Where(one => one.Id.Length > 0 && !before.Contains(one.Id) && !claimed.Contains(one.Id)))
        {
            // An older schedule belongs to another request, even if the list did not show it before.
            if (sentAt is { } sent && one.CreatedAt < sent - s_tolerance)
                continue;
            switch (FitOf(intent.Request, one))
            {
                case Fit.Equal:
                    fitting.Add(one);
                    break;
                case Fit.Possible:
                    possible.Add(one);
                    break;
            }
        }
        if (fitting.Count == 1 && possible.Count == 0)
            return new ScheduleMatch(ScheduleMatchKind.Created, fitting[0], []);
        if (fitting.Count + possible.Count > 0)
            return new ScheduleMatch(ScheduleMatchKind.Ambiguous, null, [.. fitting, .. possible]);
        return new ScheduleMatch(isSettled ? ScheduleMatchKind.NotCreated : ScheduleMatchKind.NotYet, null, []);
    }

    /// <summary>Returns true when two names are the same for a person.</summary>
    public static bool IsSameName(string? one, string? other) => string.Equals(one?.Trim(), other?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static Fit FitOf(ScheduleRequest asked, PulseRun.Schedule listed)
    {
        if (listed.Name is not null && !IsSameName(asked.Name, listed.Name))
            return Fit.No;
        bool isEqual = listed.Name is not null && Same(asked.Gpu, listed.Gpu) && Same(asked.Template, listed.Template)
            && listed.Cron is not null && ScheduleRules.Normalize(asked.Cron!) == ScheduleRules.Normalize(listed.Cron);
        if (isEqual)
            return Fit.Equal;
        // Without a name, all that the list does show must agree. With the name, a value that the server spells otherwise must not hide the schedule.
        bool agrees = (listed.Gpu is null || Same(asked.Gpu, listed.Gpu)) && (listed.Template is null || Same(asked.Template, listed.Template))
            && (listed.Cron is null || ScheduleRules.Normalize(asked.Cron!) == ScheduleRules.Normalize(listed.Cron));
        return listed.Name is not null || agrees ? Fit.Possible : Fit.No;
    }

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private enum Fit
    {
        No,
        Possible,
        Equal,
    }
}

/// <summary>Represents the result of <see cref="ScheduleMatcher"/>.</summary>
/// <param name="Kind">The result of the comparison with the list.</param>
/// <param name="Schedule">The created schedule; only with Created.</param>
/// <param name="Candidates">The schedules that may be the result; only with Ambiguous.</param>
internal sealed record ScheduleMatch(ScheduleMatchKind Kind, PulseRun.Schedule? Schedule, IReadOnlyList<PulseRun.Schedule> Candidates);

/// <summary>Specifies what a list shows about a schedule whose answer was lost.</summary>
internal enum ScheduleMatchKind
{
    /// <summary>The list may still lack the schedule.</summary>
    NotYet,

    /// <summary>The request created this schedule.</summary>
    Created,

    /// <summary>The request created nothing.</summary>
    NotCreated,

    /// <summary>The list does not decide it.</summary>
    Ambiguous,
}
