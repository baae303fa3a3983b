using System;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Store;

/// <summary>Represents a note as a store keeps it, for another store to take over.</summary>
/// <param name="Service">The address of the service; empty for a protection of an earlier version.</param>
/// <param name="Note">The note. Its id is empty while the launch is open.</param>
/// <param name="Lifetime">The lifetime of a launch, which starts when the launch is sent; null without one.</param>
/// <param name="BoundAt">The time from which the instance is expected in lists.</param>
/// <param name="ChangedAt">The time of the last change of name, tags or lifetime.</param>
internal sealed record StoredNote(string Service, InstanceNote Note, TimeSpan? Lifetime, DateTimeOffset BoundAt, DateTimeOffset ChangedAt)
{
    /// <summary>Gets the time of the last change of anything in it.</summary>
    public DateTimeOffset LatestAt => Note.Protection?.CreatedAt is { } at && at > ChangedAt ? at : ChangedAt > BoundAt ? ChangedAt : BoundAt;
}
