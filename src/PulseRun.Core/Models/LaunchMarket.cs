namespace PulseRun;

/// <summary>Specifies which kinds of instances a launch accepts.</summary>
public enum LaunchMarket
{
    /// <summary>Instances at the full price, which the provider does not take back.</summary>
    OnDemand,

    /// <summary>Spot instances, which are cheaper, and which the provider may take back at any time.</summary>
    Spot,

    /// <summary>A spot instance, and one on demand where no spot instance is free.</summary>
    SpotFirst,
}

/// <summary>Specifies the order in which a launch plan tries its alternatives.</summary>
public enum LaunchPreference
{
    /// <summary>In the order in which they are given.</summary>
    Listed,

    /// <summary>The lowest price first, as last seen from this machine. Alternatives whose price was never seen come last.</summary>
    Cheapest,
}

/// <summary>Specifies what to do with an instance that was not ready in time.</summary>
public enum NotReadyAction
{
    /// <summary>Leaves it as it is; it is billed.</summary>
    Keep,

    /// <summary>Stops it, which keeps its disk.</summary>
    Stop,

    /// <summary>Terminates it.</summary>
    Remove,

    /// <summary>Terminates it, and launches the next alternative when it is known to be terminated.</summary>
    Next,
}
