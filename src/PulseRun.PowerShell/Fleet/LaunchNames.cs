using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds out before a launch whether its name is free. The journal decides in the transaction of the intent; this class only frees names of instances that no longer exist.</summary>
/// <param name="cmdlet">The cmdlet: its runner.</param>
/// <param name="context">The connection.</param>
internal sealed class LaunchNames(ConnectedCmdlet cmdlet, Context context)
{
    private bool _hasListed;

    /// <summary>Lists the fleet, once for the command, when a name belongs to another instance. A complete list that lacks the instance frees its name.</summary>
    public void Free(IReadOnlyList<LaunchTicket> tickets)
    {
        if (_hasListed || !tickets.Any(static ticket => ticket.Note?.Name is not null))
            return;
        try
        {
            IStore store = Stores.Current;
            NoteScope scope = NoteScope.Of(context);
            if (!tickets.Any(ticket => ticket.Note?.Name is { } name && store.Notes.Named(scope, name) is { Id.Length: > 0 }))
                return;
            _hasListed = true;
            var notes = new ListedIds(context);
            if (cmdlet.Runner.RunToEnd(cancel => Connection.Of(context).Client.ListAsync(null, notes.Take, cmdlet.Runner.Observer, cancel), context.BaseUri))
                notes.Record(store);
        }
        catch (StoreUnavailableException)
        {
            // The launch itself reports that the store is unavailable.
        }
    }
}
