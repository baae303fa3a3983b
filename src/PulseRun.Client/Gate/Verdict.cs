namespace PulseRun.Client.Gate;

/// <summary>What the rate limit said to a request.</summary>
internal enum Verdict
{
    /// <summary>Anything but 429.</summary>
    Accepted,

    /// <summary>429.</summary>
    Refused,

    /// <summary>No answer: it tells nothing about the limit.</summary>
    Unknown,
}
