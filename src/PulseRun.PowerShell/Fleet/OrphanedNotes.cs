using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the notes whose instances are gone.</summary>
internal static class OrphanedNotes
{
    /// <summary>Writes an instance for each note whose instance a complete list lacks, and which was not removed from here. One list. Call it on the pipeline thread.</summary>
    public static void Write(ConnectedCmdlet cmdlet, Context context, InstanceFilter filter)
    {
        var listed = new ListedIds(context);
        if (!cmdlet.Runner.RunToEnd(cancel => Connection.Of(context).Client.ListAsync(null, listed.Take, cmdlet.Runner.Observer, cancel), context.BaseUri))
            return;
        var orphans = new List<Instance>();
        cmdlet.Store.Use(store =>
        {
            listed.Record(store);
            foreach (InstanceNote note in store.Notes.All(context.Service).Where(note => note is { GoneSince: not null, WasRemoved: false, IsEmpty: false } && note.Account == context.Account))
            {
                var orphan = new Instance { Id = note.Id, Origin = context };
                note.ApplyTo(orphan);
                NotedView.Select(orphan);
                orphans.Add(orphan);
            }
        });
        cmdlet.WriteObject(filter.Apply(orphans), enumerateCollection: true);
    }
}
