namespace PulseRun.Emulator.Http;

/// <summary>A request as a door received it.</summary>
internal sealed class IncomingRequest
{
    /// <summary>A longer body is refused unread.</summary>
    public const int MaxBody = 1 << 20;

    public required string Method { get; init; }

    /// <summary>Path and query as they were on the wire: nothing decoded, nothing folded.</summary>
    public required string RawUrl { get; init; }

    /// <summary>Scheme, host and port of the door.</summary>
    public required string Origin { get; init; }

    public string? Authorization { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? ContentType { get; init; }

    public byte[] Body { get; init; } = [];
}
