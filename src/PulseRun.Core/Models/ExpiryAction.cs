namespace PulseRun;

/// <summary>Selects what cleanup does with an instance whose lifetime has ended.</summary>
public enum ExpiryAction
{
    /// <summary>Stops the instance and keeps its disk.</summary>
    Stop,

    /// <summary>Removes the instance and its disk.</summary>
    Remove,
}
