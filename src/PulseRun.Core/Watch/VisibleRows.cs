using System.Collections.Generic;

namespace PulseRun.Core.Watch;

/// <summary>Holds the ids of the rows that are on the screen. Callable from any thread.</summary>
internal sealed class VisibleRows
{
    private volatile IReadOnlyList<string> _ids = [];

    /// <summary>Gets or sets the ids; empty when nothing is drawn.</summary>
    public IReadOnlyList<string> Ids
    {
        get => _ids;
        set => _ids = value;
    }
}
