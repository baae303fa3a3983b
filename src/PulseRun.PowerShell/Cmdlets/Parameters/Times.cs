using System;
using System.Globalization;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Checks durations that are given as parameters.</summary>
internal static class Times
{
    /// <summary>Returns a duration that is in its range; null for none.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it is below a second, as a plain number is (PowerShell reads 20 as 20 ticks), or too long.</exception>
    public static TimeSpan? Check(string field, TimeSpan? time, TimeSpan most, bool mayBeZero = false)
    {
        if (time is not { } given || (mayBeZero && given == TimeSpan.Zero) || (given >= TimeSpan.FromSeconds(1) && given <= most))
            return time;
        string why = given > most
            ? string.Format(CultureInfo.InvariantCulture, "{0} is too long; at most {1} is possible.", given, most)
            : string.Format(CultureInfo.InvariantCulture, "{0} is not a time of at least a second. Give hours and minutes, for example 00:20.", given);
        throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was launched: " + field + ": " + why) { Field = field };
    }
}
