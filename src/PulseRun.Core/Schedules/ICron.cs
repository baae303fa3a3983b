using System;
using System.Collections.Generic;

namespace PulseRun.Core.Schedules;

/// <summary>Reads cron expressions of five fields: minute, hour, day, month and weekday.</summary>
internal interface ICron
{
    /// <summary>Returns the next times of an expression in UTC; none when the expression is not valid.</summary>
    /// <param name="cron">The expression.</param>
    /// <param name="after">The time after which to begin.</param>
    /// <param name="count">The largest number of times to return.</param>
    IReadOnlyList<DateTimeOffset> Next(string? cron, DateTimeOffset after, int count);

    /// <summary>Throws when an expression is not valid, or has no next time.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the message names the field that is wrong.</exception>
    void Check(string cron, DateTimeOffset now);
}
