using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PulseRun.Client.Json;

/// <summary>Reads a list of objects. An entry that is no object is null; what is no list is null as a whole.</summary>
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
        var row = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
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
