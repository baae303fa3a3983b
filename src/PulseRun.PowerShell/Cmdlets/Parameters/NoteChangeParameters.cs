using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters that change the note of an instance.</summary>
internal sealed class NoteChangeParameters
{
    /// <summary>The new name: 1 to 64 letters, digits and <c>- _ .</c>, not beginning with inst_, and unique among the living instances of the account. $null or an empty text removes the name.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? NewName { get; set; }

    /// <summary>Tags to add or to overwrite, for example <c>@{ owner = 'ann' }</c>. Other tags stay. At most 32 in all, keys of at most 64 and values of at most 256 characters.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public IDictionary? Tag { get; set; }

    /// <summary>The keys of tags to remove. A key that an instance does not have is ignored.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TagKeyCompleter))]
    public string[]? RemoveTag { get; set; }

    /// <summary>The lifetime of the instance from now on, from 1 minute to 1 year. It replaces an earlier end.</summary>
    [Parameter]
    [ValidateNotNull]
    public TimeSpan? Lifetime { get; set; }

    /// <summary>The time at which the lifetime ends, from 1 minute to 1 year from now.</summary>
    [Parameter]
    [ValidateNotNull]
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Removes the end of the lifetime.</summary>
    [Parameter]
    public SwitchParameter NoExpiry { get; set; }

    /// <summary>The action of Invoke-PRCleanup at the end of the lifetime: Stop keeps the disk, Remove deletes it. Default: as before, Stop for a new lifetime.</summary>
    [Parameter]
    public ExpiryAction? AtExpiry { get; set; }

    /// <summary>Returns the change, or null when no parameter asks for one.</summary>
    /// <param name="isNewNameGiven">True when -NewName is given; its value may be null.</param>
    /// <param name="now">The present time of the connection.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is invalid. Nothing was changed.</exception>
    public NoteChange? ToChange(bool isNewNameGiven, DateTimeOffset now)
    {
        string? name = string.IsNullOrEmpty(NewName) ? null : NewName;
        if (name is not null && NoteRules.WrongName(name) is { } wrongName)
            throw Refused(nameof(NewName), wrongName);
        if ((Lifetime is null ? 0 : 1) + (ExpiresAt is null ? 0 : 1) + (NoExpiry ? 1 : 0) > 1)
            throw Refused(nameof(Lifetime), "give one of -Lifetime, -ExpiresAt and -NoExpiry.");
        if (NoExpiry && AtExpiry is not null)
            throw Refused(nameof(AtExpiry), "without a lifetime there is nothing to do at its end.");
        TimeSpan? left = Lifetime ?? (ExpiresAt?.ToUniversalTime() - now);
        if (left is { } span && NoteRules.WrongLifetime(span) is { } wrongTime)
            throw Refused(Lifetime is null ? nameof(ExpiresAt) : nameof(Lifetime), wrongTime);
        IReadOnlyDictionary<string, string> tags = TagInput.Read(Tag);
        if (RemoveTag is { } keys && keys.FirstOrDefault(key => tags.Keys.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } both)
            throw Refused(nameof(RemoveTag), "the tag '" + Core.Text.CleanText.Clean(both, NoteRules.MaxTagKeyLength) + "' is also set.");
        if (!isNewNameGiven && tags.Count == 0 && RemoveTag is null && left is null && !NoExpiry && AtExpiry is null)
            return null;
        return new NoteChange
        {
            Name = isNewNameGiven ? new(name) : null,
            Tags = tags,
            RemoveTags = RemoveTag ?? [],
            ExpiresAt = left is { } rest ? new(ExpiresAt?.ToUniversalTime() ?? now + rest) : NoExpiry ? new(null) : null,
            AtExpiry = AtExpiry,
        };
    }

    private static PulseRunException Refused(string field, string why) => new(ErrorIds.InvalidRequest, "Nothing was changed: " + field + ": " + why) { Field = field };
}
