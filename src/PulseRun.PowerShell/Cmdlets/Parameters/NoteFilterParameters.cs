using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters that filter instances by their notes on this side.</summary>
internal sealed class NoteFilterParameters
{
    /// <summary>Only instances with these names, for example train-7 or train-*. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only instances that have all of these tags, for example <c>@{ team = 'nlp'; owner = '*' }</c>. Wildcards are allowed in values.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public IDictionary? Tag { get; set; }

    /// <summary>Only instances that this user launched from this machine with New-PRInstance.</summary>
    [Parameter]
    public SwitchParameter Mine { get; set; }

    /// <summary>Only instances whose lifetime ends within this time, or has ended.</summary>
    [Parameter]
    public TimeSpan? Expiring { get; set; }

    /// <summary>Returns the notes of instances that are gone, and were not removed from here, instead of instances: after a migration or a spot recovery the new instance has another id. Set-PRInstance -MoveNoteTo gives it the note. The list shows which are gone.</summary>
    [Parameter]
    public SwitchParameter Orphaned { get; set; }

    /// <summary>True when instances are selected by their notes.</summary>
    public bool IsGiven => Name is not null || Tag is not null || Mine || Expiring is not null;

    /// <summary>Adds the conditions to a filter.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a tag is invalid.</exception>
    public InstanceFilter AddTo(InstanceFilter filter)
    {
        if (!IsGiven)
            return filter;
        filter.With(static instance => instance.Name, Name);
        foreach (KeyValuePair<string, string> tag in TagInput.Read(Tag))
            filter.With(instance => instance.Tags is { } tags && tags.TryGetValue(tag.Key, out string? value) ? value : null, [tag.Value]);
        if (Mine)
            filter.With(static instance => instance.LaunchedBy == CurrentUser.Name);
        if (Expiring is { } within)
            filter.With(instance => instance.ExpiresAt - (instance.Origin?.UtcNow ?? DateTimeOffset.UtcNow) <= within);
        return filter;
    }
}
