using System;

namespace PulseRun;

/// <summary>A note on this machine that cleanup never stops or removes an instance.</summary>
public sealed class Protection
{
    /// <summary>The protected instance.</summary>
    public string Id { get; init; } = "";

    /// <summary>Why, in the words of whoever protected it.</summary>
    public string? Reason { get; init; }

    /// <summary>When the protection ends by itself (UTC); null when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When it was protected (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The connection the instance belongs to. Hidden, so that no formatter or serialiser shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Answers the id, so that a protection in a string reads well.</summary>
    public override string ToString() => Id;
}
