using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters of a launch that the API does not know: they become the note of the instance on this side.</summary>
internal sealed class NoteParameters
{
    /// <summary>
    /// The name of the instance: 1 to 64 letters, digits and <c>- _ .</c>, not beginning with inst_. It is unique among the living instances of the account,
    /// whatever the case. With -Count 3, the names end in -1, -2 and -3. It is written down before the launch is sent, and costs no request; a name that
    /// belongs to another instance costs one list, to find out whether that one still exists.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Name { get; set; }

    /// <summary>Tags, for example <c>@{ owner = 'ann'; team = 'nlp' }</c>: at most 32, keys of at most 64 and values of at most 256 characters. In a CSV file each tag is a column: Tag.owner, Tag.team.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    public IDictionary? Tag { get; set; }

    /// <summary>The lifetime of the instance, from 1 minute to 1 year, counted from the moment at which the launch is sent. Then Invoke-PRCleanup acts on it, whatever it is doing. Default: PULSERUN_DEFAULT_LIFETIME, else the profile's setting, else none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public TimeSpan? Lifetime { get; set; }

    /// <summary>The action of Invoke-PRCleanup at the end of the lifetime: Stop (default) keeps the disk, Remove deletes it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = ExpiryAction.Stop)]
    public ExpiryAction AtExpiry { get; set; }

    /// <summary>A row of a plan, as Import-Csv returns it, or an instance to launch another one like it. Its columns are bound by name; columns that begin with <c>Tag.</c> become tags. The name of an instance is not taken over.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Returns the notes of equal launches.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="count">The number of launches.</param>
    /// <param name="given">The names of the parameters that are on the command line.</param>
    /// <param name="hasStore">False when nothing may be written (-NoJournal).</param>
    /// <returns>The note of each launch; null for a launch that writes none.</returns>
    /// <exception cref="PulseRunException">InvalidRequest: a name, a tag or the lifetime is invalid.</exception>
    public LaunchNote?[] ToNotes(Context context, int count, ISet<string> given, bool hasStore)
    {
        string? name = InputObject?.BaseObject is InstanceReference && !given.Contains(nameof(Name)) ? null : Name;
        IReadOnlyDictionary<string, string> tags = TagInput.Read(Tag, InputObject);
        if (!hasStore)
        {
            return name is null && tags.Count == 0 && Lifetime is null
                ? new LaunchNote?[count]
                : throw Refused("NoJournal", "a name, tags and a lifetime are stored with the journal.");
        }
        TimeSpan? lifetime = Lifetime ?? (given.Contains(nameof(Lifetime)) ? null : DefaultLifetime.Of(context));
        if (lifetime is { } span && NoteRules.WrongLifetime(span) is { } wrong)
            throw Refused(nameof(Lifetime), wrong);
        var note = new LaunchNote { Service = context.Service, Tags = tags, LaunchedBy = CurrentUser.Name, Lifetime = lifetime, AtExpiry = AtExpiry };
        return Enumerable.Range(1, count).Select(number => note with { Name = name is null ? null : Checked(NoteRules.Numbered(name, number, count)) }).ToArray();
    }

    private static string Checked(string name) => NoteRules.WrongName(name) is { } wrong ? throw Refused(nameof(Name), wrong) : name;

    private static PulseRunException Refused(string field, string why) => new(ErrorIds.InvalidRequest, "Nothing was launched: " + field + ": " + why) { Field = field };
}
