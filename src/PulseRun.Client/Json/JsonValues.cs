using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Converts JSON to plain CLR values (string, bool, long, decimal or double, null, Dictionary and object[]), so that scripts can use them and no JSON type leaves this assembly.</summary>
internal static class JsonValues
{
    /// <summary>Returns the value of a whole text.</summary>
    /// <exception cref="JsonException">The text is not JSON, truncated, or too deeply nested.</exception>
    public static object? Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: true, new JsonReaderState(JsonLimits.Reader));
        reader.Read();
        TryRead(ref reader, out object? value);
        // Throws if anything but white space follows.
        while (reader.Read())
        {
        }
        return value;
    }

    /// <summary>Reads the value at the reader's position. Returns false when the data ends first.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out object? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return TryReadObject(ref reader, out value);
            case JsonTokenType.StartArray:
                return TryReadArray(ref reader, out value);
            default:
                value = Scalar(ref reader);
                return true;
        }
    }

    /// <summary>Returns the string, number, boolean or null at the reader's position.</summary>
    public static object? Scalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Text(ref reader);
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Number:
                if (reader.TryGetInt64(out long whole))
                    return whole;
                if (reader.TryGetDecimal(out decimal exact))
                    return exact;
                return reader.TryGetDouble(out double wide) && !double.IsInfinity(wide) ? wide : Raw(ref reader);
            default:
                return null;
        }
    }

    /// <summary>Returns the string or property name at the reader's position. One with invalid escapes or bytes is decoded as far as possible.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return Raw(ref reader);
        }
    }

    public static string Raw(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.ValueSpan.ToArray());

    private static bool TryReadObject(ref Utf8JsonReader reader, out object? value)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        HashSet<string>? repeated = null;
        value = map;
        while (true)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndObject)
                return true;
            string name = Text(ref reader);
            if (!reader.Read() || !TryRead(ref reader, out object? member))
                return false;
            // A name that comes twice with different values gets an array of the first two, so that neither is taken for the value.
            if (!map.TryGetValue(name, out object? earlier))
                map[name] = member;
            else if (!Equals(earlier, member) && (repeated ??= new HashSet<string>(StringComparer.Ordinal)).Add(name))
                map[name] = new[] { earlier, member };
        }
    }

    private static bool TryReadArray(ref Utf8JsonReader reader, out object? value)
    {
        var list = new List<object?>();
        value = null;
        while (true)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                value = list.ToArray();
                return true;
            }
            if (!TryRead(ref reader, out object? item))
                return false;
            list.Add(item);
        }
    }
}
