using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Parses an answer that consists of one object, and distinguishes truncated JSON from text that is not JSON.</summary>
internal static class JsonBody
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Returns the instance; null when the answer is empty.</summary>
    /// <exception cref="JsonException">The answer is not a JSON object.</exception>
    /// <exception cref="UnfinishedJsonException">The JSON is truncated.</exception>
    public static Instance? Instance(ReadOnlySpan<byte> json, InstanceReader instances)
    {
        var reader = Open(json);
        if (!TryBegin(ref reader))
            return null;
        if (!instances.TryRead(ref reader, out var instance))
            throw new UnfinishedJsonException();
        // Throws if anything but white space follows.
        reader.Read();
        return instance;
    }

    /// <summary>Returns the object as plain values; null when the answer is empty.</summary>
    /// <exception cref="JsonException">The answer is not a JSON object.</exception>
    /// <exception cref="UnfinishedJsonException">The JSON is truncated.</exception>
    public static Dictionary<string, object?>? Object(ReadOnlySpan<byte> json)
    {
        var reader = Open(json);
        if (!TryBegin(ref reader))
            return null;
        if (!JsonValues.TryRead(ref reader, out object? value))
            throw new UnfinishedJsonException();
        reader.Read();
        return (Dictionary<string, object?>?)value;
    }

    /// <summary>Opens a reader. isFinalBlock is false, so truncated JSON makes Read() return false while malformed JSON still throws.</summary>
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

/// <summary>Contains the largest sizes of answers, in bytes after decompression. They bound the memory that a faulty or hostile server can make the client use (docs/dev/design.md).</summary>
internal static class JsonLimits
{
    public const int ObjectBytes = 4 << 20;

    public const int ErrorBytes = 64 << 10;

    public const long ListBytes = 256L << 20;

    public const int Depth = 32;

    public static readonly JsonReaderOptions Reader = new() { MaxDepth = Depth };
}

/// <summary>The exception that is thrown when JSON is valid but truncated.</summary>
internal sealed class UnfinishedJsonException() : Exception("the JSON ends early");
