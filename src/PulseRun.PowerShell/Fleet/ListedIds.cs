using System;
using System.Collections.Generic;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Collects the ids of one complete list, for the notes of instances that have come or gone.</summary>
internal sealed class ListedIds(Context context)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _requestedAt = context.UtcNow;

    /// <summary>Receives rows of the list.</summary>
    public void Take(IReadOnlyList<Instance> rows)
    {
        foreach (Instance row in rows)
        {
            if (!InstanceStatus.IsFinal(row.Status))
                _ids.Add(row.Id);
        }
    }

    /// <summary>Records the list, when it has come to its end and was not filtered by the server.</summary>
    public void Record(IStore store) => store.Notes.Seen(NoteScope.Of(context), _ids, _requestedAt);
}
