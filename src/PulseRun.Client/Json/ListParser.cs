using System;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Parses one page of a list incrementally, in each of the three envelopes of docs/dev/api.md.</summary>
/// <remarks>It is written by hand because the serializer fills its buffer before it returns a row, and does not distinguish truncated JSON from invalid JSON.</remarks>
internal sealed class ListParser(InstanceReader instances)
{
    private JsonReaderState _json = new(JsonLimits.Reader);
    private State _state;
    private bool _isBare;

    private enum State
    {
        Start,
        Envelope,
        Rows,
        End,
    }

    /// <summary>True when the page was parsed to its end.</summary>
    public bool IsComplete => _state == State.End;

    /// <summary>True when anything but white space was parsed.</summary>
    public bool IsStarted => _state != State.Start;

    /// <summary>True when the page contained a list.</summary>
    public bool HasList { get; private set; }

    /// <summary>True when the list contained an entry that is not an instance.</summary>
    public bool HasBadEntry { get; private set; }

    public bool HasMore { get; private set; }

    public string? NextCursor { get; private set; }

    public string? Next { get; private set; }

    /// <summary>Parses as much as is complete and returns the number of bytes consumed.</summary>
    /// <param name="data">The bytes left by the previous call, followed by new ones.</param>
    /// <param name="row">Receives each instance.</param>
    /// <exception cref="JsonException">The data is not JSON, too deeply nested, or does not contain a list.</exception>
    public int Take(ReadOnlySpan<byte> data, Action<Instance> row)
    {
        var reader = new Utf8JsonReader(data, isFinalBlock: false, _json);
        while (true)
        {
            // If the buffer ends inside a row, rewind and retry when more data arrives.
            var mark = reader;
            if (!TryStep(ref reader, row))
            {
                _json = mark.CurrentState;
                return (int)mark.BytesConsumed;
            }
        }
    }

    private bool TryStep(ref Utf8JsonReader reader, Action<Instance> row) => _state switch
    {
        State.Start => TryStart(ref reader),
        State.Envelope => TryEnvelope(ref reader),
        State.Rows => TryRow(ref reader, row),
        // Only white space may follow; anything else throws.
        _ => reader.Read(),
    };

    private bool TryStart(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        _isBare = reader.TokenType == JsonTokenType.StartArray;
        HasList = _isBare;
        if (!_isBare && reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("There is no list in the answer.");
        _state = _isBare ? State.Rows : State.Envelope;
        return true;
    }

    private bool TryRow(ref Utf8JsonReader reader, Action<Instance> row)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _state = _isBare ? State.End : State.Envelope;
            return true;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (!reader.TrySkip())
                return false;
            HasBadEntry = true;
            return true;
        }
        if (!instances.TryRead(ref reader, out var instance))
            return false;
        if (instance!.Id.Length == 0)
            HasBadEntry = true;
        else
            row(instance);
        return true;
    }

    private bool TryEnvelope(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            _state = State.End;
            return true;
        }
        if (reader.ValueTextEquals("data"u8) || reader.ValueTextEquals("instances"u8))
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.StartArray)
                _state = State.Rows;
            else if (reader.TokenType != JsonTokenType.Null)
                return reader.TrySkip();
            HasList = true;
            return true;
        }
        bool isCursor = reader.ValueTextEquals("next_cursor"u8);
        bool isNext = reader.ValueTextEquals("next"u8);
        bool isMore = reader.ValueTextEquals("has_more"u8);
        if (!reader.Read())
            return false;
        if (!isCursor && !isNext && !isMore)
            return reader.TrySkip();
        if (!JsonValues.TryRead(ref reader, out object? value))
            return false;
        if (isCursor)
            NextCursor = Link(value);
        else if (isNext)
            Next = Link(value);
        else
            HasMore = value is true or "true" or 1L;
        return true;
    }

    private static string? Link(object? value) => value switch
    {
        null or false or "" => null,
        string text => text,
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new JsonException("The answer's link to the next page is not a text."),
    };
}
