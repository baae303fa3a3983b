namespace PulseRun.Client.Json;

/// <summary>Represents the request body of a launch (docs/dev/api.md). Null properties are not sent.</summary>
internal sealed record LaunchWire(
    string Gpu,
    string Template,
    string? DockerImage,
    int? DiskSizeGb,
    string? Region,
    bool? Spot,
    string? SshKeyId,
    string? Provider,
    bool? AutoMigrate,
    bool? AutoSpotRecovery,
    decimal? BudgetLimit)
{
    public static LaunchWire From(LaunchRequest request) => new(
        request.Gpu,
        request.Template,
        request.DockerImage,
        request.DiskSizeGb,
        request.Region,
        request.Spot,
        request.SshKeyId,
        request.Provider,
        request.AutoMigrate,
        request.AutoSpotRecovery,
        request.BudgetLimit);
}
