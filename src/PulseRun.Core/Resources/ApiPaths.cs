namespace PulseRun;

/// <summary>Contains the paths of the API. The client's requests and the emulator's routes use the same constants. A resource adds its own beside its model.</summary>
internal static partial class ApiPaths
{
    public const string Instances = "/v1/instances";
    public const string Instance = "/v1/instances/{id}";
    public const string Stop = "/v1/instances/{id}/stop";
    public const string Start = "/v1/instances/{id}/start";
    public const string Metrics = "/v1/instances/{id}/metrics";
    public const string Balance = "/v1/billing/balance";
}
