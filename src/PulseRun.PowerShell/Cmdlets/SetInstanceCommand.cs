using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Changes the notes of instances on this side: name, tags, lifetime. Sends no request.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Instance, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Instance))]
public sealed partial class SetInstanceCommand : InstanceInput
{
    [ParameterGroup]
    private readonly NoteChangeParameters _note = new();

    /// <summary>Moves the note, with a protection, to the instance with this id, which must have no name, tags and lifetime of its own. For an instance that a migration or a spot recovery replaced: Get-PRInstance -Orphaned shows it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string? MoveNoteTo { get; set; }

    /// <summary>Returns each changed instance: an object that was passed in as it was, with its new note; for an id, the id and the note only.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    internal override string Verb => "change of notes";

    internal override IReadOnlyList<Instance> FindNamed(Context context) => NamedInstances.Noted(this, context, Name);

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        // Checked before the first item, so that a wrong value is one error and nothing is half changed.
        // The clock of each instance's connection determines whether -ExpiresAt is in range.
        bool changes = Change(ExpiresAt?.AddHours(-1) ?? DateTimeOffset.UtcNow) is not null;
        if (changes == MoveNoteTo is not null)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was changed: " + (changes ? "MoveNoteTo: give no other change with it." : "give what to change: -NewName, -Tag, -RemoveTag, -Lifetime, -ExpiresAt, -NoExpiry, -AtExpiry or -MoveNoteTo."))
            {
                Field = changes ? nameof(MoveNoteTo) : nameof(NewName),
            };
        }
        if (MoveNoteTo is not null)
            InstanceIds.Check(MoveNoteTo);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        foreach (InstanceTarget target in Targets())
        {
            if (Prompt.Confirms(target.Description, MoveNoteTo is null ? "Change notes of instance" : "Move note to " + MoveNoteTo))
                Runner.TryItem(target.Source, () => Store.Use(store => Apply(store.Notes, target)));
        }
    }

    private void Apply(INotes notes, InstanceTarget target)
    {
        NoteScope scope = NoteScope.Of(target.Context);
        NoteChange? change = Change(target.Context.UtcNow);
        if (change is { AtExpiry: not null, ExpiresAt: null } && notes.Get(scope.Service, target.Id)?.ExpiresAt is null)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was changed: AtExpiry: " + target.Id + " has no lifetime. Give -Lifetime or -ExpiresAt too.") { Field = "AtExpiry" };
        if (change is not null)
            MachinePolicy.CheckNote(notes.Get(scope.Service, target.Id) ?? new InstanceNote { Id = target.Id }, change, target.Known?.CreatedAt ?? target.Context.UtcNow);
        InstanceNote note = change is null ? notes.Move(scope, target.Id, MoveNoteTo!, target.Context.UtcNow) : notes.Change(scope, target.Id, change, target.Context.UtcNow);
        if (!PassThru)
            return;
        Instance result = change is not null && target.Known is { } known ? known.Copy() : new Instance { Id = note.Id, Origin = target.Context };
        note.ApplyTo(result);
        NotedView.Select(result);
        WriteObject(result);
    }

    private NoteChange? Change(DateTimeOffset now) => _note.ToChange(MyInvocation.BoundParameters.ContainsKey(nameof(NewName)), now);
}
