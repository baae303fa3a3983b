using System;
using System.Collections.Generic;
using PulseRun.Emulator.Resources;

namespace PulseRun.Emulator.Http;

/// <summary>Represents the endpoint of a request. It is found by the raw path, so that an escaped slash or a dot segment stays part of an id.</summary>
/// <param name="Endpoint">The endpoint; null when the path is unknown or has other methods.</param>
/// <param name="Id">The unescaped id of the instance; empty without one.</param>
/// <param name="Path">The raw path.</param>
/// <param name="QueryText">The raw query, without the question mark.</param>
/// <param name="Allow">The methods of the path if the request used another one; null otherwise.</param>
internal sealed record Route(Endpoint? Endpoint, string Id, string Path, string QueryText, string? Allow)
{
    /// <summary>Gets the properties of the endpoint.</summary>
    public Traits Traits => Endpoint?.Traits ?? Traits.None;

    public static Route Parse(string method, string rawUrl)
    {
        int mark = rawUrl.IndexOf('?');
        string path = mark < 0 ? rawUrl : rawUrl.Substring(0, mark);
        string query = mark < 0 ? "" : rawUrl.Substring(mark + 1);
        string[] steps = path.Split('/');
        var allowed = new List<string>();
        foreach (Endpoint endpoint in Routes.All)
        {
            if (!TryMatch(endpoint.Steps, steps, out string id))
                continue;
            if (endpoint.Method == method)
                return new Route(endpoint, id, path, query, null);
            allowed.Add(endpoint.Method);
        }
        return new Route(null, "", path, query, allowed.Count == 0 ? null : string.Join(", ", allowed));
    }

    private static bool TryMatch(string[] expected, string[] steps, out string id)
    {
        id = "";
        if (expected.Length != steps.Length)
            return false;
        for (int step = 0; step < steps.Length; step++)
        {
            if (expected[step] == "{id}" && steps[step].Length > 0)
                id = Uri.UnescapeDataString(steps[step]);
            else if (expected[step] != steps[step])
                return false;
        }
        return true;
    }
}
