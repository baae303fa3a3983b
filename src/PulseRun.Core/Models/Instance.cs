using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>A rented GPU instance, as PulseRun last described it. Immutable: acting on one answers a new one.</summary>
/// <remarks>Every value may be null: null means that the server did not say.</remarks>
public sealed class Instance : InstanceReference
{
    /// <summary>The identifier, for example <c>inst_abc123</c>. Migration and spot recovery replace an instance by one with another id.</summary>
    public override string Id { get; init; } = "";

    /// <summary>The state as the server spells it. Known ones are in <see cref="InstanceStatus"/>; others are shown as they came.</summary>
    public string? Status { get; init; }

    /// <summary>The GPU type slug, for example <c>a100_80gb</c>.</summary>
    public string? Gpu { get; init; }

    /// <summary>The GPU's name as people write it, for example <c>NVIDIA A100 80GB</c>.</summary>
    public string? GpuName { get; init; }

    /// <summary>The provider that runs it, for example <c>vast_ai</c>. Resolved, never <c>auto</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>The region it runs in, for example <c>us-east</c>. Not the vocabulary of a launch, which knows <c>us</c>, <c>eu</c>, <c>asia</c> and <c>any</c>.</summary>
    public string? Region { get; init; }

    /// <summary>The public address; null until provisioned.</summary>
    public string? Ip { get; init; }

    /// <summary>The ssh command line the server suggests; null until provisioned. Text from a server: never hand it to a shell.</summary>
    public string? SshCommand { get; init; }

    /// <summary>The notebook's address; null until provisioned. Its query part may be an access token: treat it as a secret.</summary>
    public string? JupyterUrl { get; init; }

    /// <summary>The price in dollars per hour while it burns.</summary>
    public decimal? CostPerHour { get; init; }

    /// <summary>The template slug it was launched from, for example <c>pytorch</c>, or <c>custom</c>.</summary>
    public string? Template { get; init; }

    /// <summary>Whether it is a spot instance, which the provider may take back at any time.</summary>
    public bool? Spot { get; init; }

    /// <summary>When it last started (UTC); null until it has.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whatever else the server sent, by its name there. Keys and tokens in it are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get; init; } = EmptyProperties.Instance;

    /// <summary>Which fields the answer named, so that a partial answer is told from a whole one.</summary>
    internal InstanceFields Fields { get; init; }

    internal override Instance Known => this;

    /// <summary>The same instance in another state: what is left to say of one that was removed without an answer.</summary>
    internal Instance WithStatus(string status) => new()
    {
        Id = Id,
        Status = status,
        Gpu = Gpu,
        GpuName = GpuName,
        Provider = Provider,
        Region = Region,
        Ip = Ip,
        SshCommand = SshCommand,
        JupyterUrl = JupyterUrl,
        CostPerHour = CostPerHour,
        Template = Template,
        Spot = Spot,
        StartedAt = StartedAt,
        CreatedAt = CreatedAt,
        AdditionalProperties = AdditionalProperties,
        Origin = Origin,
        Fields = Fields,
    };
}
