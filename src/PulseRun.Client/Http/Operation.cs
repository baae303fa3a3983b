namespace PulseRun.Client.Http;

/// <summary>What a request is for: the retry rules and the error texts go by it.</summary>
internal enum Operation
{
    List,
    Get,
    Metrics,
    Balance,
    Transactions,
    Stop,
    Start,
    Remove,
    Launch,
}
