using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>Converts any scalar to text; returns null for other values.</summary>
internal sealed class LenientText : JsonConverter<string?>
{
    public override bool HandleNull => true;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return JsonValues.Text(ref reader);
            case JsonTokenType.Number:
                return JsonValues.Raw(ref reader);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Converts a number or a text to an amount; returns null for other values.</summary>
internal sealed class LenientMoney : JsonConverter<decimal?>
{
    public override bool HandleNull => true;

    public override decimal? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (!LenientJson.TryMoney(ref reader, out decimal? money))
            reader.Skip();
        return money;
    }

    public override void Write(Utf8JsonWriter writer, decimal? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Converts a date in any common format; returns null for other values.</summary>
internal sealed class LenientDate : JsonConverter<DateTimeOffset?>
{
    public override bool HandleNull => true;

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (!LenientJson.TryDate(ref reader, out var date))
            reader.Skip();
        return date;
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Converts an array of objects. Returns null for an element that is not an object, and for a value that is not an array.</summary>
internal sealed class LenientList<T> : JsonConverter<List<T?>?>
    where T : class
{
    public override List<T?>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }
        var rows = new List<T?>();
        var row = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                rows.Add(JsonSerializer.Deserialize(ref reader, row));
            }
            else
            {
                reader.Skip();
                rows.Add(null);
            }
        }
        return rows;
    }

    public override void Write(Utf8JsonWriter writer, List<T?>? value, JsonSerializerOptions options) => throw new NotSupportedException();
}
