namespace PulseRun;

/// <summary>What to do about the host key of a machine. A key that is not the one kept for the instance is refused, whatever the policy.</summary>
public enum HostKeyPolicy
{
    /// <summary>The key of the first contact is taken and kept for the instance.</summary>
    AcceptNew,

    /// <summary>A person is asked at the first contact.</summary>
    Ask,

    /// <summary>Only a key that is kept already is good.</summary>
    Strict,
}
