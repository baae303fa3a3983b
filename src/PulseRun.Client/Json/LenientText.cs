using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>Reads a text of any scalar; null for what is none.</summary>
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
