using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun.Core.Notes;

/// <summary>Represents what this side knows about an instance and the API does not: name, tags, who launched it, and its lifetime. Immutable.</summary>
internal sealed record InstanceNote
{
    /// <summary>Gets the tags of an instance without tags.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();

    /// <summary>Gets the instance's id; empty while the launch is open.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the launch that the note was written for; null for an instance that was not launched with this store.</summary>
    public Guid? IntentId { get; init; }

    /// <summary>Gets the account that last listed or launched the instance; null when not known.</summary>
    public string? Account { get; init; }

    /// <summary>Gets the name; null for an instance without one.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the tags. Keys are compared without case, values with case.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = NoTags;

    /// <summary>Gets the user and host that launched the instance, as user@host; null when the launch did not happen with this store.</summary>
    public string? LaunchedBy { get; init; }

    /// <summary>Gets the time at which the lifetime ends; null for an instance without one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets what cleanup does after <see cref="ExpiresAt"/>.</summary>
    public ExpiryAction AtExpiry { get; init; }

    /// <summary>Gets the time from which lists lacked the instance; null while it exists. A note is kept for 90 days after it, for the costs by tag.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>True when the instance was removed from here, so that its note is not offered for a successor.</summary>
    public bool WasRemoved { get; init; }

    /// <summary>Gets the start of the off hours for which cleanup has stopped the instance; null when it has not, or has started it again.</summary>
    public DateTimeOffset? StoppedForOffHoursOf { get; init; }

    /// <summary>True when the warning before the present <see cref="ExpiresAt"/> was delivered.</summary>
    public bool WasWarned { get; init; }

    /// <summary>Gets the protection, which may have ended; null without one.</summary>
    public Protection? Protection { get; init; }

    /// <summary>True when the note says nothing, so that it need not be stored.</summary>
    public bool IsEmpty => Name is null && Tags.Count == 0 && LaunchedBy is null && ExpiresAt is null;

    /// <summary>Returns the note after a change.</summary>
    public InstanceNote With(NoteChange change)
    {
        IReadOnlyDictionary<string, string> tags = Tags;
        if (change.RemoveTags.Count > 0 || change.Tags.Count > 0)
        {
            var changed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (KeyValuePair<string, string> tag in Tags)
                changed[tag.Key] = tag.Value;
            foreach (string key in change.RemoveTags)
                changed.Remove(key);
            foreach (KeyValuePair<string, string> tag in change.Tags)
                changed[tag.Key] = tag.Value;
            tags = changed;
        }
        return this with
        {
            Name = change.Name is { } name ? name.Value : Name,
            Tags = tags,
            ExpiresAt = change.ExpiresAt is { } end ? end.Value : ExpiresAt,
            WasWarned = WasWarned && change.ExpiresAt is null,
            AtExpiry = change.AtExpiry ?? AtExpiry,
            StoppedForOffHoursOf = change.StoppedForOffHoursOf is { } off ? off.Value : StoppedForOffHoursOf,
        };
    }

    /// <summary>Shows the note as properties of an instance.</summary>
    public void ApplyTo(Instance instance) => instance.Noted = new NotedValues
    {
        Name = Name,
        Tags = Tags.Count == 0 ? null : TagSet.Of(Tags),
        LaunchedBy = LaunchedBy,
        ExpiresAt = ExpiresAt,
        AtExpiry = ExpiresAt is null ? null : AtExpiry,
    };
}
