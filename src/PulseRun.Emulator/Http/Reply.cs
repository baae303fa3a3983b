using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;

namespace PulseRun.Emulator.Http;

/// <summary>Represents the reply to a request.</summary>
internal sealed record Reply(int Status, JsonNode? Json = null)
{
    /// <summary>Gets the text body, which replaces <see cref="Json"/>.</summary>
    public string? Text { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public Delivery Delivery { get; init; }

    /// <summary>Gets the text that is repeated in an endless body.</summary>
    public string Repeat { get; init; } = "";

    public bool IsSuccess => Status is >= 200 and < 300;

    public Reply With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };

    public byte[] Bytes() => Text is not null ? Encoding.UTF8.GetBytes(Text) : Json is null ? [] : JsonText.Write(Json);
}

/// <summary>Specifies how much of a reply is sent.</summary>
internal enum Delivery
{
    Whole,

    /// <summary>Sends nothing and closes the connection.</summary>
    Cut,

    /// <summary>Sends nothing and keeps the connection open.</summary>
    Hang,

    /// <summary>Sends half of the body and closes the connection.</summary>
    Half,

    /// <summary>Sends half of the body and keeps the connection open.</summary>
    Stalled,

    /// <summary>Sends the body, then repeats a text without end.</summary>
    Endless,
}
