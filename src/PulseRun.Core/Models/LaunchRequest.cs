namespace PulseRun;

/// <summary>What a launch asks for (api.md section 2). Null means: not sent, the server's default holds.</summary>
public sealed class LaunchRequest
{
    /// <summary>The GPU type slug, for example <c>h100_80gb</c>. Required.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>The template slug, for example <c>pytorch</c>, or <c>custom</c>. Required.</summary>
    public string Template { get; init; } = "";

    /// <summary>The image, only with the template <c>custom</c>.</summary>
    public string? DockerImage { get; init; }

    /// <summary>The disk in GB, at least 1. The server's default is 50.</summary>
    public int? DiskSizeGb { get; init; }

    /// <summary>Where: <c>us</c>, <c>eu</c>, <c>asia</c> or <c>any</c> (the server's default).</summary>
    public string? Region { get; init; }

    /// <summary>Whether a spot instance will do. The server's default is false.</summary>
    public bool? Spot { get; init; }

    /// <summary>The ssh key to attach, for example <c>key_abc123</c>.</summary>
    public string? SshKeyId { get; init; }

    /// <summary><c>auto</c> for the cheapest, or one provider by name.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether the server moves the instance when prices drop. Moving ends the old id and makes a new one.</summary>
    public bool? AutoMigrate { get; init; }

    /// <summary>Whether the server replaces the instance after a spot interruption, under a new id.</summary>
    public bool? AutoSpotRecovery { get; init; }

    /// <summary>The most this instance may cost in dollars, in total; at it the server terminates the instance. Not negative.</summary>
    public decimal? BudgetLimit { get; init; }
}
