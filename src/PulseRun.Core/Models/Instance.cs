using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a rented GPU instance as the server last described it. Immutable; a cmdlet that changes an instance returns a new object.</summary>
/// <remarks>Any property may be null, which means that the server did not send it.</remarks>
public sealed class Instance : InstanceReference
{
    private readonly PropertyBag _additional = PropertyBag.None;

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

    /// <summary>Gets the address of the Jupyter notebook without query and fragment, which may be access tokens; null until provisioned. <see cref="GetJupyterUrl"/> returns the whole address.</summary>
    public string? JupyterUrl { get => PublicAddress.Of(Values.JupyterUrl); init => Values.JupyterUrl = value; }

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

    /// <summary>Gets the name that New-PRInstance or Set-PRInstance gave to the instance; null without one. Names, tags and lifetimes are notes on this side: the server does not know them.</summary>
    public string? Name { get => Noted?.Name; init => (Noted ??= new NotedValues()).Name = value; }

    /// <summary>Gets the tags, by key; null without any. Keys are compared without case.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get => Noted?.Tags; init => (Noted ??= new NotedValues()).Tags = value; }

    /// <summary>Gets the user and host that launched the instance, as <c>user@host</c>; null when it was not launched with this store.</summary>
    public string? LaunchedBy { get => Noted?.LaunchedBy; init => (Noted ??= new NotedValues()).LaunchedBy = value; }

    /// <summary>Gets the time at which the lifetime ends (UTC), after which Invoke-PRCleanup stops or removes the instance; null without a lifetime.</summary>
    public DateTimeOffset? ExpiresAt { get => Noted?.ExpiresAt; init => (Noted ??= new NotedValues()).ExpiresAt = value; }

    /// <summary>Gets what Invoke-PRCleanup does after <see cref="ExpiresAt"/>; null without a lifetime.</summary>
    public ExpiryAction? AtExpiry { get => Noted?.AtExpiry; init => (Noted ??= new NotedValues()).AtExpiry = value; }

    /// <summary>Gets the time that is left of the lifetime, at the moment of reading: <c>3h12m</c>, or <c>ended</c>. Empty without a lifetime.</summary>
    public string Left
    {
        get
        {
            if (ExpiresAt is not { } end)
                return "";
            TimeSpan left = end - (Origin?.UtcNow ?? DateTimeOffset.UtcNow);
            return left > TimeSpan.Zero ? Display.Duration(left) : "ended";
        }
    }

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

    /// <summary>The values of the note of this instance; null without one. Set by the cmdlet before it writes the instance.</summary>
    internal NotedValues? Noted;

    /// <summary>The values of the API's fields. The client fills them in by its table of fields, before anything else sees the instance.</summary>
    internal InstanceValues Values;

    /// <summary>Gets the fields that the answer contained, one bit each, to distinguish a partial answer from a complete one. The client defines the bits.</summary>
    internal int Fields { get; init; }

    internal override Instance Known => this;

    /// <summary>Returns the whole address of the Jupyter notebook, with its access token; null until provisioned, and for an object that was read from a file. Treat it as a secret.</summary>
    /// <remarks>A method, because Export-Csv, Export-Clixml, ConvertTo-Json and the formatters write properties only.</remarks>
    public string? GetJupyterUrl() => Values.JupyterUrl;

    /// <summary>Returns a copy, to give it another note.</summary>
    internal Instance Copy() => new()
    {
        Values = Values,
        AdditionalProperties = AdditionalProperties,
        Origin = Origin,
        Fields = Fields,
    };

    /// <summary>Returns a copy with another state, for example for an instance that was removed without an answer body.</summary>
    internal Instance WithStatus(string status) => new()
    {
        Values = Values with { Status = status },
        Noted = Noted,
        AdditionalProperties = AdditionalProperties,
        Origin = Origin,
        Fields = Fields,
    };
}

/// <summary>Contains the values of an instance that a note on this side gives it.</summary>
internal sealed class NotedValues
{
    public string? Name;
    public IReadOnlyDictionary<string, string>? Tags;
    public string? LaunchedBy;
    public DateTimeOffset? ExpiresAt;
    public ExpiryAction? AtExpiry;
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
