using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PulseRun.Client.Wire;

/// <summary>Reads an answer that is one object, and tells one that ends early from one that is no JSON.</summary>
internal static class Answers
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The instance; null when the answer is empty.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="UnfinishedJsonException">It ends early.</exception>
    public static Instance? Instance(ReadOnlySpan<byte> json, InstanceReader instances)
    {
        var reader = Open(json);
        if (!TryBegin(ref reader))
            return null;
        if (!instances.TryRead(ref reader, out var instance))
            throw new UnfinishedJsonException();
        // Anything but space after it throws.
        reader.Read();
        return instance;
    }

    /// <summary>The object as plain values; null when the answer is empty.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="UnfinishedJsonException">It ends early.</exception>
    public static Dictionary<string, object?>? Object(ReadOnlySpan<byte> json)
    {
        var reader = Open(json);
        if (!TryBegin(ref reader))
            return null;
        if (!JsonTree.TryRead(ref reader, out object? value))
            throw new UnfinishedJsonException();
        reader.Read();
        return (Dictionary<string, object?>?)value;
    }

    /// <summary>Not said to be all there is: then the reader answers false at a premature end, and throws at what is wrong.</summary>
    private static Utf8JsonReader Open(ReadOnlySpan<byte> json) =>
        new(json.StartsWith(Utf8Mark) ? json.Slice(Utf8Mark.Length) : json, isFinalBlock: false, new JsonReaderState(JsonLimits.Reader));

    private static bool TryBegin(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The answer is not an object.");
        return true;
    }
}
