using System;

namespace PulseRun;

/// <summary>Represents a note on this machine that cleanup never stops or removes an instance.</summary>
public sealed class Protection : InstanceReference
{
    /// <summary>Gets the id of the protected instance.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the reason that was given for the protection.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets the time at which the protection ends (UTC); null when it has no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Gets the time at which the instance was protected (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
