using System;

namespace PulseRun;

/// <summary>Represents one request that the emulator received.</summary>
public sealed class EmulatorRequest
{
    private volatile int _status;

    /// <summary>Gets the HTTP method, for example <c>POST</c>.</summary>
    public string Method { get; init; } = "";

    /// <summary>Gets the path with its query as it was sent, for example <c>/v1/instances?status=running</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>Gets the status that was returned; 0 until there is an answer, and permanently when the connection was closed instead.</summary>
    public int Status => _status;

    /// <summary>Gets the time of arrival, by the emulator's clock (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Gets the value of the Idempotency-Key header; null without one. It is only recorded, because the API has no idempotency.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Gets whether the request had an Authorization header. The key itself is not kept.</summary>
    public bool HasAuthorization { get; init; }

    internal void Answered(int status) => _status = status;

    /// <summary>Returns the method, the path and the status.</summary>
    public override string ToString() =>
        Method + " " + Path + " " + _status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
