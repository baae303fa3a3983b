using System.Collections.Generic;
using PulseRun.Core.Client;

namespace PulseRun.PowerShell.Completion;

/// <summary>One list on its way: what is kept of it, up to the bound, until it ends.</summary>
internal sealed class CompletionListing(CompletionCache fleet, bool isOfAll) : IListObserver
{
    private readonly List<CompletionInstance> _rows = [];

    /// <summary>Adds rows. Once the bound is reached, a call costs one comparison, however large the fleet is.</summary>
    public void Take(IReadOnlyList<Instance> rows)
    {
        for (int i = 0; i < rows.Count && _rows.Count < CompletionCache.MaxInstances; i++)
        {
            if (CompletionInstance.Of(rows[i]) is { } seen)
                _rows.Add(seen);
        }
    }

    /// <summary>Adds the collected rows to the cache.</summary>
    /// <param name="isComplete">True when the list was read to its end; instances that are not in it no longer exist.</param>
    public void End(bool isComplete) => fleet.Keep(_rows, isComplete && isOfAll);
}
