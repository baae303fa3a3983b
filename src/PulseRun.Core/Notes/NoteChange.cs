using System;
using System.Collections.Generic;
using PulseRun.Core.Client;

namespace PulseRun.Core.Notes;

/// <summary>Represents a change of a note. What is null stays as it is; a <see cref="Setting{T}"/> of null clears the value.</summary>
internal sealed record NoteChange
{
    public Setting<string?>? Name { get; init; }

    /// <summary>Gets the tags to add or to overwrite.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = InstanceNote.NoTags;

    /// <summary>Gets the keys of the tags to remove. A key that is not there is ignored.</summary>
    public IReadOnlyList<string> RemoveTags { get; init; } = [];

    public Setting<DateTimeOffset?>? ExpiresAt { get; init; }

    public ExpiryAction? AtExpiry { get; init; }

    /// <summary>Gets the start of the off hours for which cleanup has stopped the instance.</summary>
    public Setting<DateTimeOffset?>? StoppedForOffHoursOf { get; init; }
}
