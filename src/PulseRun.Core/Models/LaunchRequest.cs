namespace PulseRun;

/// <summary>Describes the instance to launch (docs/dev/api.md). A null property is not sent, and the server uses its default.</summary>
public sealed class LaunchRequest
{
    /// <summary>Gets the slug of the GPU type, for example <c>h100_80gb</c>. Required.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Gets the slug of the template, for example <c>pytorch</c>, or <c>custom</c>. Required.</summary>
    public string Template { get; init; } = "";

    /// <summary>Gets the Docker image; only with the template <c>custom</c>.</summary>
    public string? DockerImage { get; init; }

    /// <summary>Gets the size of the disk in GB, at least 1. The server's default is 50.</summary>
    public int? DiskSizeGb { get; init; }

    /// <summary>Gets the region: <c>us</c>, <c>eu</c>, <c>asia</c> or <c>any</c> (the server's default).</summary>
    public string? Region { get; init; }

    /// <summary>Gets whether a spot instance is acceptable. The server's default is false.</summary>
    public bool? Spot { get; init; }

    /// <summary>Gets the id of the ssh key to install, for example <c>key_abc123</c>.</summary>
    public string? SshKeyId { get; init; }

    /// <summary>Gets <c>auto</c> for the cheapest provider, or the name of one.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets whether the server moves the instance when prices drop. The moved instance has a new id.</summary>
    public bool? AutoMigrate { get; init; }

    /// <summary>Gets whether the server replaces the instance after a spot interruption, under a new id.</summary>
    public bool? AutoSpotRecovery { get; init; }

    /// <summary>Gets the most that this instance may cost in total, in dollars; the server terminates the instance when it is reached. Not negative.</summary>
    public decimal? BudgetLimit { get; init; }

    /// <summary>Returns the same launch of another GPU type, region, provider and market.</summary>
    internal LaunchRequest As(string gpu, string? region, string? provider, bool? spot) => new()
    {
        Gpu = gpu,
        Template = Template,
        DockerImage = DockerImage,
        DiskSizeGb = DiskSizeGb,
        Region = region,
        Spot = spot,
        SshKeyId = SshKeyId,
        Provider = provider,
        AutoMigrate = AutoMigrate,
        AutoSpotRecovery = AutoSpotRecovery,
        BudgetLimit = BudgetLimit,
    };
}
