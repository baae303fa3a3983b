namespace PulseRun;

/// <summary>Specifies the order of Watch-PRInstance. In the live view the keys 1 to 5 select one, in this order; s selects the next.</summary>
public enum FleetSort
{
    /// <summary>The most expensive first.</summary>
    Cost,

    /// <summary>The busiest first; unknown last.</summary>
    Gpu,

    /// <summary>Idle first, then unknown, then active; within each, the most expensive first.</summary>
    Verdict,

    /// <summary>By state.</summary>
    Status,

    /// <summary>By id.</summary>
    Id,
}
