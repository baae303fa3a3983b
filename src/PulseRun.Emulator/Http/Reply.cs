using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;

namespace PulseRun.Emulator.Http;

/// <summary>What a door sends back.</summary>
internal sealed record Reply(int Status, JsonNode? Json = null)
{
    /// <summary>Takes the place of <see cref="Json"/>.</summary>
    public string? Text { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public Delivery Delivery { get; init; }

    /// <summary>What an endless body goes on with.</summary>
    public string Repeat { get; init; } = "";

    public bool IsSuccess => Status is >= 200 and < 300;

    public Reply With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };

    public byte[] Bytes() => Text is not null ? Encoding.UTF8.GetBytes(Text) : Json is null ? [] : JsonText.Write(Json);
}

/// <summary>How much of a reply reaches the client.</summary>
internal enum Delivery
{
    Whole,

    /// <summary>Nothing; the connection is cut.</summary>
    Cut,

    /// <summary>Nothing; the connection stays.</summary>
    Hang,

    /// <summary>Half of the body; the connection is cut.</summary>
    Half,

    /// <summary>Half of the body; the connection stays.</summary>
    Stalled,

    /// <summary>The body, and then its repeat without end.</summary>
    Endless,
}
