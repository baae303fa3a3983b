using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Notes;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Selects the table of an instance: one with a column for names, for the time left, or for both. A table is chosen by a type name, because a view cannot have a column for some rows only.</summary>
internal static class NotedView
{
    private const string Named = "PulseRun.Instance#Name", Expiring = "PulseRun.Instance#Left", Both = "PulseRun.Instance#NameLeft";

    /// <summary>Returns the table for instances with these notes; an empty text for the usual one.</summary>
    public static string Of(IEnumerable<InstanceNote> notes)
    {
        bool isNamed = false, expires = false;
        foreach (InstanceNote note in notes)
        {
            isNamed |= note.Name is not null;
            expires |= note.ExpiresAt is not null;
        }
        return Of(isNamed, expires);
    }

    /// <summary>Selects the table for an instance that was not listed with others.</summary>
    public static void Select(Instance instance) => Select(instance, Of(instance.Name is not null, instance.ExpiresAt is not null));

    /// <summary>Adds the type name that selects a table.</summary>
    public static void Select(Instance instance, string view)
    {
        if (view.Length > 0)
            PSObject.AsPSObject(instance).TypeNames.Insert(0, view);
    }

    private static string Of(bool isNamed, bool expires) => isNamed ? expires ? Both : Named : expires ? Expiring : "";
}
