using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds instances by their names.</summary>
internal static class NamedInstances
{
    /// <summary>Returns the listed instances with these names, in the order of the list. One list, or none when this machine has no notes. Call it on the pipeline thread.</summary>
    public static IReadOnlyList<Instance> List(ConnectedCmdlet cmdlet, Context context, string[] names)
    {
        var rows = new List<Instance>();
        if (FleetNotes.Begin(cmdlet.Runner, context, isRequired: true) is { } notes)
        {
            bool isWhole = cmdlet.Runner.RunToEnd(cancel => Connection.Of(context).Client.ListAsync(null, Take, cmdlet.Runner.Observer, cancel), context.BaseUri);
            // With a part of the list, a wildcard would stop a part of what it names. The error of the list is written.
            if (!isWhole)
                return [];
            notes.Complete();

            void Take(IReadOnlyList<Instance> part)
            {
                notes.ApplyTo(part);
                rows.AddRange(part.Where(static one => one.Name is not null && !InstanceStatus.IsFinal(one.Status)));
            }
        }
        return Select(cmdlet, rows, names);
    }

    /// <summary>Returns an instance with its id and notes only, for each note with one of these names. Sends no request.</summary>
    /// <exception cref="PulseRunException">JournalUnavailable: the store is unavailable.</exception>
    public static IReadOnlyList<Instance> Noted(ConnectedCmdlet cmdlet, Context context, string[] names)
    {
        var noted = new List<Instance>();
        cmdlet.Store.Use(store =>
        {
            foreach (InstanceNote note in store.Notes.Living(context.Service).Values.Where(note => note.Name is not null && (note.Account is null || note.Account == context.Account)))
            {
                var instance = new Instance { Id = note.Id, Origin = context };
                note.ApplyTo(instance);
                noted.Add(instance);
            }
        });
        return Select(cmdlet, noted, names);
    }

    private static List<Instance> Select(ConnectedCmdlet cmdlet, List<Instance> instances, string[] names)
    {
        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            cmdlet.Runner.TryItem(name, () =>
            {
                Func<string, bool> matches = Patterns.Matcher(name);
                List<Instance> found = instances.FindAll(one => matches(one.Name!));
                if (!Patterns.IsPattern(name) && found.Count != 1)
                    throw NotOne(name, found);
                selected.UnionWith(found.Select(static one => one.Id));
            });
        }
        return instances.FindAll(one => selected.Contains(one.Id));
    }

    private static PulseRunException NotOne(string name, List<Instance> found) => found.Count == 0
        ? new PulseRunException(ErrorIds.InstanceNotFound, "No instance is named '" + CleanText.Clean(name, 80) + "' in the notes of this machine.")
        {
            Field = "Name",
            Advice = "Get-PRInstance shows the names. Names are notes on this machine: the server does not know them, and another machine has its own.",
        }
        : new PulseRunException(ErrorIds.InvalidRequest, "Several instances are named '" + CleanText.Clean(name, 80) + "': " + string.Join(", ", found.Select(static one => one.Id)) + ". Nothing was sent. Use -Id.") { Field = "Name" };
}
