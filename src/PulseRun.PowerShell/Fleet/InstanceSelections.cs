using System.Collections.Generic;
using PulseRun.Core.Selection;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Holds what a command selects on each connection, in the order in which the connections were first named.</summary>
internal sealed class InstanceSelections
{
    private readonly List<(Context Context, InstanceSelection Selection)> _all = [];

    public IReadOnlyList<(Context Context, InstanceSelection Selection)> All => _all;

    /// <summary>Returns the selection on a connection; a new one for a connection that was not named before.</summary>
    public InstanceSelection On(Context context)
    {
        int known = _all.FindIndex(one => one.Context == context);
        if (known >= 0)
            return _all[known].Selection;
        var selection = new InstanceSelection();
        _all.Add((context, selection));
        return selection;
    }
}
