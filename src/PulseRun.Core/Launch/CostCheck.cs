namespace PulseRun.Launching;

/// <summary>Whether a price keeps to a limit.</summary>
internal enum CostCheck
{
    /// <summary>It does, or there is no limit.</summary>
    Within,

    /// <summary>It does not.</summary>
    Exceeded,

    /// <summary>A price is missing, and it matters.</summary>
    PriceUnknown,
}
