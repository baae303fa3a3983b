using System.Collections.Generic;
using System.Text.Json.Nodes;

namespace PulseRun.Emulator.Http;

/// <summary>Creates errors in the two forms of the API.</summary>
internal static class Problem
{
    public static Reply Detail(int status, string text) => new(status, new JsonObject { ["detail"] = text });

    public static Reply Validation(string place, IEnumerable<FieldProblem> problems, int status = 422)
    {
        var list = new JsonArray();
        foreach (FieldProblem problem in problems)
        {
            var location = new JsonArray((JsonNode)place);
            if (problem.Field is not null)
                location.Add((JsonNode)problem.Field);
            list.Add((JsonNode)new JsonObject { ["loc"] = location, ["msg"] = problem.Message, ["type"] = problem.Type });
        }
        return new Reply(status, new JsonObject { ["detail"] = list });
    }
}

/// <param name="Field">The name of the field of the body or the query; null for the body itself.</param>
/// <param name="Message">The message for a person.</param>
/// <param name="Type">The type for programs, with the names of FastAPI.</param>
internal sealed record FieldProblem(string? Field, string Message, string Type);
