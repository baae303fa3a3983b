using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a rented GPU instance as the server last described it. Immutable; a cmdlet that changes an instance returns a new object.</summary>
/// <remarks>Any property may be null, which means that the server did not send it.</remarks>
public sealed class Instance : InstanceReference
{
    private readonly string? _jupyterUrl;
    private readonly PropertyBag _additional = PropertyBag.None;

    /// <summary>Gets the id, for example <c>inst_abc123</c>. Migration and spot recovery replace an instance by one with another id.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the state as the server writes it. Known states are in <see cref="InstanceStatus"/>; others are passed on unchanged.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the slug of the GPU type, for example <c>a100_80gb</c>.</summary>
    public string? Gpu { get; init; }

    /// <summary>Gets the name of the GPU, for example <c>NVIDIA A100 80GB</c>.</summary>
    public string? GpuName { get; init; }

    /// <summary>Gets the provider of the instance, for example <c>vast_ai</c>; never <c>auto</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the region of the instance, for example <c>us-east</c>. A launch uses other values: <c>us</c>, <c>eu</c>, <c>asia</c> and <c>any</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Gets the public address; null until provisioned.</summary>
    public string? Ip { get; init; }

    /// <summary>Gets the ssh command line that the server suggests; null until provisioned. It is untrusted text: never pass it to a shell.</summary>
    public string? SshCommand { get; init; }

    /// <summary>Gets the address of the Jupyter notebook without query and fragment, which may be access tokens; null until provisioned. <see cref="GetJupyterUrl"/> returns the whole address.</summary>
    public string? JupyterUrl { get => PublicAddress.Of(_jupyterUrl); init => _jupyterUrl = value; }

    /// <summary>Gets the price in dollars per hour while the instance is billed.</summary>
    public decimal? CostPerHour { get; init; }

    /// <summary>Gets the slug of the template, for example <c>pytorch</c>, or <c>custom</c>.</summary>
    public string? Template { get; init; }

    /// <summary>Gets whether this is a spot instance, which the provider may take back at any time.</summary>
    public bool? Spot { get; init; }

    /// <summary>Gets the time of the last start (UTC); null before the first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets the time of creation (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets how long a running instance has been up, or how old an instance in another state is, at the moment of reading: <c>3h12m</c>. Empty when unknown.</summary>
    /// <remarks>A text and not a duration, so that tables show it without a script block, and show it for objects from jobs and files too.</remarks>
    public string UpOrAge
    {
        get
        {
            DateTimeOffset now = Origin?.UtcNow ?? DateTimeOffset.UtcNow;
            if (InstanceStatus.Is(Status, InstanceStatus.Running) && StartedAt is { } started)
                return Display.Duration(now - started);
            return CreatedAt is { } created ? Display.Duration(now - created) : "";
        }
    }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the fields that the answer contained, to distinguish a partial answer from a complete one.</summary>
    internal InstanceFields Fields { get; init; }

    internal override Instance Known => this;

    /// <summary>Returns the whole address of the Jupyter notebook, with its access token; null until provisioned, and for an object that was read from a file. Treat it as a secret.</summary>
    /// <remarks>A method, because Export-Csv, Export-Clixml, ConvertTo-Json and the formatters write properties only.</remarks>
    public string? GetJupyterUrl() => _jupyterUrl;

    /// <summary>Returns a copy with another state, for example for an instance that was removed without an answer body.</summary>
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
        JupyterUrl = _jupyterUrl,
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
