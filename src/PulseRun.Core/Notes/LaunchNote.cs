using System;
using System.Collections.Generic;

namespace PulseRun.Core.Notes;

/// <summary>Represents the note of a launch before it has an instance. The journal stores it with the intent, in one transaction, and binds it to the instance when the launch claims one.</summary>
internal sealed record LaunchNote
{
    /// <summary>Gets the address of the service (<see cref="Context.Service"/>).</summary>
    public required string Service { get; init; }

    public string? Name { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = InstanceNote.NoTags;

    /// <summary>Gets the user and host that launch, as user@host.</summary>
    public string? LaunchedBy { get; init; }

    /// <summary>Gets the lifetime, counted from the moment at which the launch is sent; null for none.</summary>
    public TimeSpan? Lifetime { get; init; }

    public ExpiryAction AtExpiry { get; init; }
}
