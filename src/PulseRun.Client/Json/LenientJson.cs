using System;
using System.Globalization;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Parses values that have another type than specified: numbers in quotes, texts without quotes, dates in any common format. Each method returns false when the value cannot be used.</summary>
internal static class LenientJson
{
    /// <summary>The largest amount that is accepted; sums of larger ones could overflow a decimal.</summary>
    public const decimal MostMoney = 1_000_000_000_000m;

    public static bool TryMoney(ref Utf8JsonReader reader, out decimal? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out decimal number))
            value = number;
        else if (reader.TokenType == JsonTokenType.String
            && decimal.TryParse(JsonValues.Text(ref reader), NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            value = number;
        if (value is > MostMoney or < -MostMoney)
            value = null;
        return value is not null;
    }

    public static bool TryFlag(ref Utf8JsonReader reader, out bool? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.True:
            case JsonTokenType.False:
                value = reader.GetBoolean();
                return true;
            case JsonTokenType.Number when reader.TryGetInt64(out long number) && number is 0 or 1:
                value = number == 1;
                return true;
            case JsonTokenType.String when bool.TryParse(JsonValues.Text(ref reader), out bool parsed):
                value = parsed;
                return true;
            default:
                return false;
        }
    }

    public static bool TryDate(ref Utf8JsonReader reader, out DateTimeOffset? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.String)
            return false;
        // Without a time zone, TryGetDateTimeOffset would assume the local one.
        if (!reader.HasValueSequence && reader.ValueSpan.EndsWith("Z"u8) && reader.TryGetDateTimeOffset(out var date))
        {
            value = date;
            return true;
        }
        value = Date(JsonValues.Text(ref reader));
        return value is not null;
    }

    /// <summary>Returns the time in UTC, which is also assumed without a time zone; null when the text is not a date.</summary>
    public static DateTimeOffset? Date(string text)
    {
        // DateTimeOffset.TryParse would accept "5" or "1.5" as a date.
        if (text.Length < 10 || text[4] != '-' || text[0] is < '0' or > '9')
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : null;
    }

    /// <summary>Returns a finite value that is not negative; null for anything else.</summary>
    public static double? Reading(object? value)
    {
        double? number = value switch
        {
            long whole => whole,
            decimal exact => (double)exact,
            double wide => wide,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) => parsed,
            _ => null,
        };
        return number is { } known && known >= 0 && !double.IsInfinity(known) ? known : null;
    }
}
