using System;

namespace PulseRun;

/// <summary>One request the emulator received.</summary>
public sealed class EmulatorRequest
{
    private volatile int _status;

    /// <summary>The HTTP method, for example <c>POST</c>.</summary>
    public string Method { get; init; } = "";

    /// <summary>The path as it was sent, with its query, for example <c>/v1/instances?status=running</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>The status that was answered; 0 as long as there is no answer, and for good when the connection was cut instead.</summary>
    public int Status => _status;

    /// <summary>When it arrived, by the emulator's clock (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The value of the Idempotency-Key header; null without one. It is recorded only: the API has no idempotency.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whether it had an Authorization header. The key itself is not kept.</summary>
    public bool HasAuthorization { get; init; }

    internal void Answered(int status) => _status = status;

    /// <summary>Answers method, path and status.</summary>
    public override string ToString() =>
        Method + " " + Path + " " + _status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
