using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json;
using PulseRun.Client.Http;

namespace PulseRun.Client.Json;

/// <summary>Converts the JSON members that no property received into plain values.</summary>
internal static class JsonRest
{
    public static IReadOnlyDictionary<string, object?> Read(Dictionary<string, JsonElement>? rest, Redactor redactor)
    {
        if (rest is null || rest.Count == 0)
            return EmptyProperties.Instance;
        var values = new Dictionary<string, object?>(rest.Count, StringComparer.Ordinal);
        foreach (var member in rest)
            values[member.Key] = JsonValues.Parse(Encoding.UTF8.GetBytes(member.Value.GetRawText()));
        return new ReadOnlyDictionary<string, object?>((Dictionary<string, object?>)redactor.Tree(values)!);
    }
}
