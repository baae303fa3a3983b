namespace PulseRun;

/// <summary>What Watch-PRInstance sorts by. In the live view the keys 1 to 5 choose, in this order; s takes the next one.</summary>
public enum FleetSort
{
    /// <summary>The dearest first.</summary>
    Cost,

    /// <summary>The busiest first; unknown last.</summary>
    Gpu,

    /// <summary>Idle first, then unknown, then active; the dearest first in each.</summary>
    Verdict,

    /// <summary>By state.</summary>
    Status,

    /// <summary>By id.</summary>
    Id,
}
