using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>Reads a moment in any usual spelling; null for what is none.</summary>
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
