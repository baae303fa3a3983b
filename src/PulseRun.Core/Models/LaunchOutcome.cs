namespace PulseRun;

/// <summary>How a launch ended.</summary>
public enum LaunchOutcome
{
    /// <summary>Nobody can tell yet. Resolve-PRLaunch finds out later.</summary>
    Unknown,

    /// <summary>The instance exists.</summary>
    Launched,

    /// <summary>There is no instance: it is safe to launch again.</summary>
    NotLaunched,
}
