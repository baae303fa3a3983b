namespace PulseRun.Client.Http;

internal static class Operations
{
    /// <summary>Whether the request changes something at the server.</summary>
    public static bool Changes(this Operation operation) => operation >= Operation.Stop;

    /// <summary>How an error text begins: what was tried on what.</summary>
    public static string Describe(this Operation operation, string? target) => operation switch
    {
        Operation.List => "Listing the instances",
        Operation.Get => "Reading instance " + target,
        Operation.Metrics => "Reading the metrics of instance " + target,
        Operation.Balance => "Reading the balance",
        Operation.Transactions => "Reading the transactions",
        Operation.Stop => "Stopping instance " + target,
        Operation.Start => "Starting instance " + target,
        Operation.Remove => "Removing instance " + target,
        _ => "Launching " + target,
    };
}
