using System;

namespace PulseRun.Emulation.Http;

/// <summary>Which operation a request asks for. Works on the raw path: an escaped slash or a step of dots stays a part of an id.</summary>
/// <param name="Operation">None when there is no such route, or it has other methods.</param>
/// <param name="Id">The instance, unescaped; empty without one.</param>
/// <param name="Path">The raw path.</param>
/// <param name="QueryText">The raw query, without the question mark.</param>
/// <param name="Allow">The methods of the route when this was not one of them; else null.</param>
internal sealed record Route(Operation Operation, string Id, string Path, string QueryText, string? Allow)
{
    public static Route Parse(string method, string rawUrl)
    {
        int mark = rawUrl.IndexOf('?');
        string path = mark < 0 ? rawUrl : rawUrl.Substring(0, mark);
        string query = mark < 0 ? "" : rawUrl.Substring(mark + 1);
        string[] steps = path.Split('/');
        if (steps.Length < 3 || steps[0].Length > 0 || steps[1] != "v1")
            return new Route(Operation.None, "", path, query, null);
        string id = steps.Length > 3 && steps[2] == "instances" ? Uri.UnescapeDataString(steps[3]) : "";
        bool named = id.Length > 0;
        (string Method, Operation Operation)[] here = (steps.Length, steps[2], steps[steps.Length - 1]) switch
        {
            (3, "instances", _) => [("GET", Operation.List), ("POST", Operation.Launch)],
            (4, "instances", _) when named => [("GET", Operation.Get), ("DELETE", Operation.Terminate)],
            (5, "instances", "stop") when named => [("POST", Operation.Stop)],
            (5, "instances", "start") when named => [("POST", Operation.Start)],
            (5, "instances", "metrics") when named => [("GET", Operation.Metrics)],
            (4, "billing", "balance") => [("GET", Operation.Balance)],
            (4, "billing", "transactions") => [("GET", Operation.Transactions)],
            _ => [],
        };
        foreach ((string Method, Operation Operation) candidate in here)
        {
            if (candidate.Method == method)
                return new Route(candidate.Operation, id, path, query, null);
        }
        string? allow = here.Length == 0 ? null : string.Join(", ", Array.ConvertAll(here, candidate => candidate.Method));
        return new Route(Operation.None, id, path, query, allow);
    }
}
