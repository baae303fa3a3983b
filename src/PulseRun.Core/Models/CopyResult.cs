using System;

namespace PulseRun;

/// <summary>Represents a completed copy of one file or folder to or from an instance.</summary>
public sealed class CopyResult : InstanceReference
{
    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the source: a path on this machine for an upload, a path on the instance for a download.</summary>
    public string Path { get; init; } = "";

    /// <summary>Gets the destination: a path on the instance for an upload, a path on this machine for a download.</summary>
    public string Destination { get; init; } = "";

    /// <summary>Gets the number of files that were copied.</summary>
    public long Files { get; init; }

    /// <summary>Gets the number of bytes of the files that were copied.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets the number of files that -Update left out, because the destination has them already.</summary>
    public long Unchanged { get; init; }

    /// <summary>Gets the SHA-256 of the stream, which both sides computed; null when nothing had to be copied.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the duration, including the connections.</summary>
    public TimeSpan Duration { get; init; }
}
