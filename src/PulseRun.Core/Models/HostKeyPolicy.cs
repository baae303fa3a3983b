namespace PulseRun;

/// <summary>Specifies how the host key of a machine is checked. Under every policy, a key that differs from the one stored for the instance is rejected.</summary>
public enum HostKeyPolicy
{
    /// <summary>Accepts the key of the first connection and stores it for the instance.</summary>
    AcceptNew,

    /// <summary>Asks the user at the first connection.</summary>
    Ask,

    /// <summary>Accepts only a key that is stored already.</summary>
    Strict,
}
