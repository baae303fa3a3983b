using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.Json;

/// <summary>Reads the answers of resources whose answers are not documented, in each form that is common: bare or in an envelope, as a list or as an object.</summary>
internal static class ResourceBody
{
    private static readonly string[] s_wrappers = ["data", "result", "item"];
    private static readonly string[] s_listWrappers = ["data", "items", "results"];

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Returns the answer as plain values; null when it is empty.</summary>
    public static async Task<object?> ReadAsync(HttpResponseMessage response, Attempt attempt, Redactor redactor)
    {
        using var body = await Body.ReadObjectAsync(response.Content, attempt, redactor);
        return Parse(body.Bytes, attempt);
    }

    /// <summary>Returns the same for a request that the server has accepted; null if the answer cannot be read, because that is not a reason to send it again.</summary>
    public static async Task<object?> ReadIfPossibleAsync(HttpResponseMessage response, Attempt attempt, Redactor redactor)
    {
        try
        {
            return await ReadAsync(response, attempt, redactor);
        }
#pragma warning disable CA1031 // The server has accepted the request, whatever happened to the answer.
        catch (Exception) when (!attempt.Call.Cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Returns the rows of a list; null when the answer has none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="name">The name of the resource in the plural, as an envelope may call it.</param>
    public static object?[]? Rows(object? answer, string name)
    {
        if (answer is object?[] bare)
            return bare;
        if (answer is not Dictionary<string, object?> envelope)
            return null;
        foreach (string key in (string[])[name, .. s_listWrappers])
        {
            if (!envelope.TryGetValue(key, out object? value))
                continue;
            if (value is object?[] rows)
                return rows;
            // Some services put an envelope into an envelope: {"data":{"schedules":[]}}.
            if (value is Dictionary<string, object?> inner && Rows(inner, name) is { } nested)
                return nested;
        }
        return null;
    }

    /// <summary>Returns the link to the next page; null for the last one.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="hasMore">True when the server says that there is more, with or without a link.</param>
    public static string? Next(object? answer, out bool hasMore)
    {
        hasMore = false;
        if (answer is not Dictionary<string, object?> envelope)
            return null;
        hasMore = envelope.TryGetValue("has_more", out object? more) && more is true;
        foreach (string key in (string[])["next_cursor", "next"])
        {
            if (envelope.TryGetValue(key, out object? value) && ResourceFields.AsText(value) is { Length: > 0 } link)
                return link;
        }
        return null;
    }

    /// <summary>Returns the object in an answer, bare or in an envelope; null when there is none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="name">The name of the resource in the singular, as an envelope may call it.</param>
    public static Dictionary<string, object?>? One(object? answer, string name)
    {
        switch (answer)
        {
            case object?[] { Length: 1 } list:
                return list[0] as Dictionary<string, object?>;
            case Dictionary<string, object?> map:
                if (map.ContainsKey("id"))
                    return map;
                foreach (string key in (string[])[name, .. s_wrappers])
                {
                    if (map.TryGetValue(key, out object? value) && value is Dictionary<string, object?> or object?[])
                        return One(value, name);
                }
                return map;
            default:
                return null;
        }
    }

    private static object? Parse(ReadOnlySpan<byte> json, Attempt attempt)
    {
        if (json.StartsWith(Utf8Mark))
            json = json.Slice(Utf8Mark.Length);
        // isFinalBlock is false, so truncated JSON makes the reader return false, while malformed JSON throws.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(JsonLimits.Reader));
        if (!reader.Read())
            return null;
        if (!JsonValues.TryRead(ref reader, out object? value))
            throw Failures.Unfinished(attempt.Call);
        // Throws if anything but white space follows.
        reader.Read();
        return value;
    }
}
