namespace PulseRun.Emulator.Http;

/// <summary>Represents a request as it was received.</summary>
internal sealed class IncomingRequest
{
    /// <summary>The largest body in bytes; a larger one is rejected without being parsed.</summary>
    public const int MaxBody = 1 << 20;

    public required string Method { get; init; }

    /// <summary>Gets the path and query as they were sent, without decoding or normalization.</summary>
    public required string RawUrl { get; init; }

    /// <summary>Gets scheme, host and port of the entry point.</summary>
    public required string Origin { get; init; }

    public string? Authorization { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? ContentType { get; init; }

    public byte[] Body { get; init; } = [];
}
