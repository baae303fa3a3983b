using System;

namespace PulseRun;

/// <summary>A note on this machine that cleanup never stops or removes an instance.</summary>
public sealed class Protection : InstanceReference
{
    /// <summary>The protected instance.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Why, in the words of whoever protected it.</summary>
    public string? Reason { get; init; }

    /// <summary>When the protection ends by itself (UTC); null when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When it was protected (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
