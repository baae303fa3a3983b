using System;
using System.Collections.Generic;
using System.Text.Json;
using PulseRun.Client.Http;
using PulseRun.Core.Text;

namespace PulseRun.Client.Json;

/// <summary>
/// Parses the API's instance object (docs/dev/api.md) directly into the model. It is written by hand instead of using a wire class because
/// a value of the wrong type must move to AdditionalProperties instead of failing, the fields present must be known,
/// repeated texts are pooled before they become strings, and a row that is truncated by the end of a buffer is parsed again.
/// </summary>
internal sealed class InstanceReader(Context origin, Redactor redactor)
{
    private readonly TextPool _pool = new(redactor);

    // The index of the field that follows the last one read: the next object probably has the same order.
    private int _next;

    /// <summary>Reads the object at the reader's position. Returns false when the data ends first.</summary>
    public bool TryRead(ref Utf8JsonReader reader, out Instance? instance)
    {
        instance = null;
        var row = default(InstanceValues);
        int fields = 0;
        int next = _next;
        Dictionary<string, object?>? extras = null;
        while (true)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndObject)
                break;
            var field = InstanceField.Find(ref reader, ref next);
            string? name = field is null ? JsonValues.Text(ref reader) : null;
            if (!reader.Read())
                return false;
            fields |= field?.Bit ?? 0;
            if (field is null || !field.TryTake(this, ref reader, ref row))
            {
                if (!JsonValues.TryRead(ref reader, out object? value))
                    return false;
                extras ??= new Dictionary<string, object?>(StringComparer.Ordinal);
                name ??= field!.Name;
                extras[redactor.Value(name)] = redactor.Tree(name, value);
            }
        }
        // Written only when it changes, because many threads read it.
        if (_next != next)
            _next = next;
        instance = new Instance
        {
            Values = row,
            AdditionalProperties = PropertyBag.Of(extras),
            Origin = origin,
            Fields = fields,
        };
        return true;
    }

    public bool TryPooled(ref Utf8JsonReader reader, out string? text)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && !reader.HasValueSequence)
        {
            text = _pool.Get(reader.ValueSpan);
            return true;
        }
        return TryText(ref reader, out text);
    }

    public bool TryText(ref Utf8JsonReader reader, out string? text)
    {
        if (!TryPlain(ref reader, out text))
            return false;
        text = redactor.ValueOrNull(text);
        return true;
    }

    /// <summary>Reads an address. Its query stays, although it may be a token: it is the way in.</summary>
    public bool TryAddress(ref Utf8JsonReader reader, out string? address)
    {
        if (!TryPlain(ref reader, out address))
            return false;
        address = redactor.KeepQuery(address);
        return true;
    }

    private static bool TryPlain(ref Utf8JsonReader reader, out string? text)
    {
        text = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.String:
                text = JsonValues.Text(ref reader);
                return true;
            case JsonTokenType.Number:
                text = JsonValues.Raw(ref reader);
                return true;
            case JsonTokenType.True:
            case JsonTokenType.False:
                text = reader.TokenType == JsonTokenType.True ? "true" : "false";
                return true;
            default:
                return false;
        }
    }
}
