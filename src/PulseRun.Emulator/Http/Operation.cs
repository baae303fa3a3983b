namespace PulseRun.Emulation.Http;

internal enum Operation
{
    /// <summary>No route of the API, or not with this method.</summary>
    None,
    Launch,
    List,
    Get,
    Stop,
    Start,
    Terminate,
    Metrics,
    Balance,
    Transactions,
}
