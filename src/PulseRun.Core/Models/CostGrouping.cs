namespace PulseRun;

/// <summary>What costs are added up by.</summary>
public enum CostGrouping
{
    /// <summary>By nothing: one total.</summary>
    Total,

    /// <summary>By GPU type.</summary>
    Gpu,

    /// <summary>By provider.</summary>
    Provider,

    /// <summary>By the region it runs in.</summary>
    Region,

    /// <summary>By the template it was launched from.</summary>
    Template,
}
