using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using PulseRun.Client.Http;
using PulseRun.Core.Text;

namespace PulseRun.Client.Json;

/// <summary>Converts the JSON members that no property received into plain values.</summary>
internal static class JsonRest
{
    public static IReadOnlyDictionary<string, object?> Read(Dictionary<string, JsonElement>? rest, Redactor redactor)
    {
        if (rest is null || rest.Count == 0)
            return PropertyBag.None;
        var values = new Dictionary<string, object?>(rest.Count, StringComparer.Ordinal);
        foreach (var member in rest)
            values[member.Key] = JsonValues.Parse(Encoding.UTF8.GetBytes(member.Value.GetRawText()));
        return PropertyBag.Of((Dictionary<string, object?>)redactor.Tree(values)!);
    }
}
