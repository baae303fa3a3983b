using System;
using System.Globalization;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Faults;

namespace PulseRun.Emulator.Resources;

internal static class Dates
{
    public static JsonNode? Write(DateTimeOffset? time, FaultSet faults)
    {
        if (time is not { } value)
            return null;
        EmulatorFault? fault = faults.Of(EmulatorFaultKind.DateForm);
        return fault?.Form?.ToUpperInvariant() switch
        {
            "OFFSET" => Text(value.ToOffset(TimeSpan.FromHours(2)), "yyyy-MM-dd'T'HH:mm:sszzz"),
            "FRACTION" => Text(value, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
            "NOZONE" => Text(value, "yyyy-MM-dd'T'HH:mm:ss"),
            _ => Text(value, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
    }

    private static string Text(DateTimeOffset value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
