using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the instances that a parameter names by objects, by ids, or by objects with an Id or InstanceId property. Returns each instance once.</summary>
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
                var found = new InstanceTarget(id!, item?.Known, item is null ? cmdlet.CurrentContext() : cmdlet.ContextFor(item), (object?)item ?? id!);
                target = _taken.Add(found.Context.Account + "\n" + found.Id) ? found : null;
            });
            if (target is not null)
                yield return target;
        }
    }
}
