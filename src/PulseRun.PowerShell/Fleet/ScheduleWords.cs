using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Describes schedules for questions and -WhatIf.</summary>
internal static class ScheduleWords
{
    /// <summary>Returns all that a schedule would do: what it launches, when next, and the limits of a run.</summary>
    public static string Describe(ScheduleRequest request, Context context)
    {
        IReadOnlyList<DateTimeOffset> next = Libraries.CreateCron().Next(request.Cron, context.UtcNow, 3);
        string times = next.Count == 0 ? "" : " (next " + string.Join(", ", next.Select(static time => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).ToArray()) + ", if the server counts in UTC)";
        string limit = (request.MaxDurationHours, request.MaxCost) switch
        {
            ({ } hours, { } cost) => "at most " + Hours(hours) + " and " + Display.Dollars(cost) + " a run",
            ({ } hours, null) => "at most " + Hours(hours) + " a run",
            (null, { } cost) => "at most " + Display.Dollars(cost) + " a run",
            _ => "without a limit for a run",
        };
        return "'" + CleanText.Clean(request.Name ?? "", 60) + "': " + CleanText.Clean(request.Gpu ?? "", 60) + " (" + CleanText.Clean(request.Template ?? "", 60) + "), "
            + (request.Spot == false ? "on demand" : "spot") + ", at '" + CleanText.Clean(request.Cron ?? "", 60) + "'" + times + ", " + limit;
    }

    private static string Hours(decimal hours) => hours.ToString("0.##", CultureInfo.InvariantCulture) + " h";
}
