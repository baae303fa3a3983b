using System.Collections.Generic;
using PulseRun.Core.Client;

namespace PulseRun.PowerShell.Completion;

/// <summary>One list on its way: what is kept of it, up to the bound, until it ends.</summary>
internal sealed class CompletionListing(CompletionCache fleet, bool isOfAll) : IListObserver
{
    private readonly List<CompletionInstance> _rows = [];

    /// <summary>Takes rows as they come. Beyond the bound it costs one comparison a batch, however large the fleet.</summary>
    public void Take(IReadOnlyList<Instance> rows)
    {
        for (int i = 0; i < rows.Count && _rows.Count < CompletionCache.MaxInstances; i++)
        {
            if (CompletionInstance.Of(rows[i]) is { } seen)
                _rows.Add(seen);
        }
    }

    /// <summary>Keeps what came.</summary>
    /// <param name="isComplete">Whether the list came to its end: then instances that are not in it are gone.</param>
    public void End(bool isComplete) => fleet.Keep(_rows, isComplete && isOfAll);
}
