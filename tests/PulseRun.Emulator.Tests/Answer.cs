using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace PulseRun.Emulator.Tests;

/// <summary>Represents a response that was read to its end.</summary>
internal sealed class Answer
{
    private readonly HttpResponseMessage _response;

    private Answer(HttpResponseMessage response, string body)
    {
        _response = response;
        Body = body;
    }

    public int Status => (int)_response.StatusCode;

    public string Body { get; }

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Detail => (string)Json["detail"]!;

    /// <summary>Gets the rows of a list, in any envelope.</summary>
    public JsonArray Rows => (Json as JsonArray ?? Json["data"] ?? Json["instances"])!.AsArray();

    public string[] Ids => [.. Rows.Select(row => (string)row!["id"]!)];

    /// <summary>Gets the field of each validation error.</summary>
    public string[] Fields => [.. Json["detail"]!.AsArray().Select(problem => string.Join(".", problem!["loc"]!.AsArray().Select(step => (string)step!)))];

    public string? Header(string name) =>
        _response.Headers.TryGetValues(name, out IEnumerable<string>? values) || _response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(response, await response.Content.ReadAsStringAsync());
}
