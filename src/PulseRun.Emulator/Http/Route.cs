using System;
using System.Collections.Generic;
using PulseRun.Emulator.Resources;

namespace PulseRun.Emulator.Http;

/// <summary>Which endpoint a request asks for. Works on the raw path: an escaped slash or a step of dots stays a part of an id.</summary>
/// <param name="Endpoint">Null when there is no such route, or it has other methods.</param>
/// <param name="Id">The instance, unescaped; empty without one.</param>
/// <param name="Path">The raw path.</param>
/// <param name="QueryText">The raw query, without the question mark.</param>
/// <param name="Allow">The methods of the route when this was not one of them; else null.</param>
internal sealed record Route(Endpoint? Endpoint, string Id, string Path, string QueryText, string? Allow)
{
    /// <summary>What the request has to do with.</summary>
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
