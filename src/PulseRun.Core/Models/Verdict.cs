namespace PulseRun;

/// <summary>What can be said about an instance's use. Only <see cref="Idle"/> is ever acted on.</summary>
public enum Verdict
{
    /// <summary>Nobody can tell: readings are missing, or do not prove what the rule asks for.</summary>
    Unknown,

    /// <summary>At least one reading in the window is at or above the threshold.</summary>
    Active,

    /// <summary>Everything the rule asks for is proven by readings.</summary>
    Idle,
}
