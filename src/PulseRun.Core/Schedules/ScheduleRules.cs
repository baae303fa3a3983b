using System;
using System.Linq;
using PulseRun.Core.Launch;

namespace PulseRun.Core.Schedules;

/// <summary>Checks a schedule before it is sent. The server checks the rest.</summary>
internal static class ScheduleRules
{
    private const int MaxNameLength = 200;

    /// <summary>The longest duration in hours that is sent: a hundred years.</summary>
    private const double MostHours = 876_000;

    private static readonly char[] s_spaces = [' ', '\t'];

    /// <summary>Returns an InvalidRequest for the first invalid field; null when there is none. The cron expression is checked by <see cref="ICron"/>.</summary>
    public static PulseRunException? Check(ScheduleRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
            return Refuse("Name", "the name is empty.");
        if (request.Name!.Length > MaxNameLength || request.Name.Any(Text.CleanText.IsUnprintable))
            return Refuse("Name", "the name has at most 200 printable characters.");
        if (string.IsNullOrWhiteSpace(request.Cron))
            return Refuse("Cron", "the cron expression is empty.");
        if (request.MaxCost is <= 0)
            return Refuse("MaxCost", "the limit must be more than 0.");
        return LaunchRules.Check(new LaunchRequest { Gpu = request.Gpu!, Template = request.Template!, DockerImage = request.DockerImage }) is { } wrong
            ? Refuse(wrong.Field ?? "Template", wrong.Message.Substring(wrong.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2))
            : null;
    }

    /// <summary>Returns a duration in whole hours, as the API takes it.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the duration is not a whole number of hours. Rounding up would cost more than was allowed, and rounding down would cut a run.</exception>
    public static decimal? Hours(TimeSpan? duration)
    {
        if (duration is not { } time)
            return null;
        if (time <= TimeSpan.Zero || time.TotalHours > MostHours)
            throw Refuse("MaxDuration", "it must be at least one hour.");
        if (time.Ticks % TimeSpan.TicksPerHour == 0)
            return (int)time.TotalHours;
        int below = (int)time.TotalHours;
        string less = below == 0 ? "" : Hour(below) + " or ";
        throw Refuse("MaxDuration", "the server counts in whole hours, and " + time.ToString("c", System.Globalization.CultureInfo.InvariantCulture) + " is not a whole number of hours. Use " + less + Hour(below + 1) + ".");
    }

    /// <summary>Returns the cron expression with single spaces, as it is compared and sent.</summary>
    public static string Normalize(string cron) => string.Join(" ", cron.Split(s_spaces, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Returns the error for an invalid field.</summary>
    public static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, "Nothing was sent: " + field + ": " + why) { Field = field };

    private static string Hour(int hours) => TimeSpan.FromHours(hours).ToString("c", System.Globalization.CultureInfo.InvariantCulture);
}
