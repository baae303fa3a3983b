using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the instances that a parameter names by objects, by ids, by the names of their notes, or by objects with an Id or InstanceId property. Returns each instance once.</summary>
/// <param name="cmdlet">The cmdlet, for connections and errors.</param>
internal sealed class NamedTargets(ConnectedCmdlet cmdlet)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Returns the instances. An item that names none is reported as a non-terminating error and skipped.</summary>
    public IEnumerable<InstanceTarget> Of(IEnumerable<PSObject?> items)
    {
        foreach (PSObject? one in items)
        {
            InstanceReference? item = one?.BaseObject as InstanceReference;
            string? id = item?.Id ?? one?.BaseObject as string ?? (one?.Properties["Id"] ?? one?.Properties["InstanceId"])?.Value?.ToString();
            InstanceTarget? target = null;
            cmdlet.Runner.TryItem((object?)item ?? id ?? "", () =>
            {
                InstanceIds.Check(id, cmdlet.MyInvocation.MyCommand.Name);
                Context context = item is null ? cmdlet.CurrentContext() : cmdlet.ContextFor(item);
                if (one?.BaseObject is string)
                    id = IdOf(context, id!);
                var found = new InstanceTarget(id!, item?.Known, context, (object?)item ?? id!);
                target = _taken.Add(found.Context.Account + "\n" + found.Id) ? found : null;
            });
            if (target is not null)
                yield return target;
        }
    }
    /// <summary>Returns the id of the living instance with this name, by the notes of this machine; the text itself when there is none. A name never begins with inst_.</summary>
    private static string IdOf(Context context, string text)
    {
        if (NoteRules.WrongName(text) is not null)
            return text;
        try
        {
            return Stores.Exists && Stores.Current.Notes.Named(NoteScope.Of(context), text) is { Id.Length: > 0 } note && (note.Account is null || note.Account == context.Account) ? note.Id : text;
        }
        catch (StoreUnavailableException)
        {
            // The server decides whether it is an id.
            return text;
        }
    }
}
