namespace PulseRun.Contracts;

/// <summary>Tells whether a command is still at work on a launch.</summary>
internal enum OwnerState
{
    /// <summary>None: its cmdlet gave it up, the outcome unknown.</summary>
    Released,

    /// <summary>Its process lives, and may be at it right now.</summary>
    Alive,

    /// <summary>Its process is gone.</summary>
    Dead,

    /// <summary>Its process runs, or ran, on another machine or in another container: it cannot be seen from here.</summary>
    Elsewhere,
}
