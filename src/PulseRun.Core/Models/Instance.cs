using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents a rented GPU instance as the server last described it. Immutable; a cmdlet that changes an instance returns a new object.</summary>
/// <remarks>Any property may be null, which means that the server did not send it.</remarks>
public sealed class Instance : InstanceReference
{
    /// <summary>Gets the id, for example <c>inst_abc123</c>. Migration and spot recovery replace an instance by one with another id.</summary>
    public override string Id { get => Values.Id ?? ""; init => Values.Id = value; }

    /// <summary>Gets the state as the server writes it. Known states are in <see cref="InstanceStatus"/>; others are passed on unchanged.</summary>
    public string? Status { get => Values.Status; init => Values.Status = value; }

    /// <summary>Gets the slug of the GPU type, for example <c>a100_80gb</c>.</summary>
    public string? Gpu { get => Values.Gpu; init => Values.Gpu = value; }

    /// <summary>Gets the name of the GPU, for example <c>NVIDIA A100 80GB</c>.</summary>
    public string? GpuName { get => Values.GpuName; init => Values.GpuName = value; }

    /// <summary>Gets the provider of the instance, for example <c>vast_ai</c>; never <c>auto</c>.</summary>
    public string? Provider { get => Values.Provider; init => Values.Provider = value; }

    /// <summary>Gets the region of the instance, for example <c>us-east</c>. A launch uses other values: <c>us</c>, <c>eu</c>, <c>asia</c> and <c>any</c>.</summary>
    public string? Region { get => Values.Region; init => Values.Region = value; }

    /// <summary>Gets the public address; null until provisioned.</summary>
    public string? Ip { get => Values.Ip; init => Values.Ip = value; }

    /// <summary>Gets the ssh command line that the server suggests; null until provisioned. It is untrusted text: never pass it to a shell.</summary>
    public string? SshCommand { get => Values.SshCommand; init => Values.SshCommand = value; }

    /// <summary>Gets the address of the Jupyter notebook; null until provisioned. Its query may be an access token, so treat it as a secret.</summary>
    public string? JupyterUrl { get => Values.JupyterUrl; init => Values.JupyterUrl = value; }

    /// <summary>Gets the price in dollars per hour while the instance is billed.</summary>
    public decimal? CostPerHour { get => Values.CostPerHour; init => Values.CostPerHour = value; }

    /// <summary>Gets the slug of the template, for example <c>pytorch</c>, or <c>custom</c>.</summary>
    public string? Template { get => Values.Template; init => Values.Template = value; }

    /// <summary>Gets whether this is a spot instance, which the provider may take back at any time.</summary>
    public bool? Spot { get => Values.Spot; init => Values.Spot = value; }

    /// <summary>Gets the time of the last start (UTC); null before the first.</summary>
    public DateTimeOffset? StartedAt { get => Values.StartedAt; init => Values.StartedAt = value; }

    /// <summary>Gets the time of creation (UTC).</summary>
    public DateTimeOffset? CreatedAt { get => Values.CreatedAt; init => Values.CreatedAt = value; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get; init; } = EmptyProperties.Instance;

    /// <summary>The values of the API's fields. The client fills them in by its table of fields, before anything else sees the instance.</summary>
    internal InstanceValues Values;

    /// <summary>Gets the fields that the answer contained, one bit each, to distinguish a partial answer from a complete one. The client defines the bits.</summary>
    internal int Fields { get; init; }

    internal override Instance Known => this;

    /// <summary>Returns a copy with another state, for example for an instance that was removed without an answer body.</summary>
    internal Instance WithStatus(string status) => new()
    {
        Values = Values with { Status = status },
        AdditionalProperties = AdditionalProperties,
        Origin = Origin,
        Fields = Fields,
    };
}

/// <summary>Contains the values of the API's instance object (docs/dev/api.md).</summary>
internal struct InstanceValues
{
    public string? Id;
    public string? Status;
    public string? Gpu;
    public string? GpuName;
    public string? Provider;
    public string? Region;
    public string? Ip;
    public string? SshCommand;
    public string? JupyterUrl;
    public decimal? CostPerHour;
    public string? Template;
    public bool? Spot;
    public DateTimeOffset? StartedAt;
    public DateTimeOffset? CreatedAt;
}
