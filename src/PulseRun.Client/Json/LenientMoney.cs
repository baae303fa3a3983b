using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>Reads an amount of a number or a text; null for what is none.</summary>
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
