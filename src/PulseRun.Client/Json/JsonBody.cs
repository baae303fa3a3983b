using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Reads an answer that is one object, and tells one that ends early from one that is no JSON.</summary>
internal static class JsonBody
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
        if (!JsonValues.TryRead(ref reader, out object? value))
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

/// <summary>How large an answer may be (design.md section 3). All hold after decompression.</summary>
internal static class JsonLimits
{
    public const int ObjectBytes = 4 << 20;

    public const int ErrorBytes = 64 << 10;

    public const long ListBytes = 256L << 20;

    public const int Depth = 32;

    public static readonly JsonReaderOptions Reader = new() { MaxDepth = Depth };
}

/// <summary>The JSON was right as far as it went.</summary>
internal sealed class UnfinishedJsonException() : Exception("the JSON ends early");
