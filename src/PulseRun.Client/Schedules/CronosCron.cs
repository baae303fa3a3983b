using System;
using System.Collections.Generic;
using Cronos;
using PulseRun.Core.Schedules;
using PulseRun.Core.Text;

namespace PulseRun.Client.Schedules;

/// <summary>Reads cron expressions with the Cronos library.</summary>
internal sealed class CronosCron : ICron
{
    private const int MaxLength = 200;

    public IReadOnlyList<DateTimeOffset> Next(string? cron, DateTimeOffset after, int count)
    {
        if (cron is null || !TryParse(cron, out var expression, out _))
            return [];
        var times = new List<DateTimeOffset>(count);
        for (var from = after; times.Count < count && Following(expression!, from) is { } next; from = next)
            times.Add(next);
        return times;
    }

    public void Check(string cron, DateTimeOffset now)
    {
        if (!TryParse(cron, out var expression, out string why))
            throw ScheduleRules.Refuse("Cron", "'" + CleanText.Clean(cron, 100) + "' is not a cron expression: " + why + ". It has five fields: minute, hour, day, month and weekday, for example 0 2 * * *.");
        if (Following(expression!, now) is null)
            throw ScheduleRules.Refuse("Cron", "'" + CleanText.Clean(cron, 100) + "' has no next time, so the schedule would never run.");
    }

    private static DateTimeOffset? Following(CronExpression expression, DateTimeOffset after)
    {
        var next = expression.GetNextOccurrence(after.UtcDateTime);
        return next is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;
    }

    private static bool TryParse(string cron, out CronExpression? expression, out string why)
    {
        expression = null;
        string normal = ScheduleRules.Normalize(cron);
        // Cronos also reads names such as @daily, which the API does not document.
        if (normal.Length > MaxLength || (normal.Length > 0 && normal[0] == '@'))
        {
            why = "names such as @daily and longer texts are not supported";
            return false;
        }
        int fields = normal.Length == 0 ? 0 : normal.Split(' ').Length;
        if (fields != 5)
        {
            why = "it has " + fields.ToString(System.Globalization.CultureInfo.InvariantCulture) + " fields";
            return false;
        }
        try
        {
            expression = CronExpression.Parse(normal, CronFormat.Standard);
            why = "";
            return true;
        }
        catch (CronFormatException error)
        {
            why = CleanText.Clean(error.Message, 200).TrimEnd('.');
            return false;
        }
    }
}
