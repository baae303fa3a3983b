using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.PowerShell.Completion;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that describe an instance to launch. A CSV file can give them: an empty cell leaves its parameter out.</summary>
internal sealed class LaunchParameters
{
    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090. Several are alternatives, tried in this order when there is no capacity; in a CSV file, separate them with ;.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[] Gpu { get; set; } = [];

    /// <summary>The template slug, for example pytorch. The template custom runs the image of -DockerImage.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string Template { get; set; } = "";

    /// <summary>The image to run. It is required with <c>-Template custom</c>, and only allowed there. The combination is checked before anything is sent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? DockerImage { get; set; }

    /// <summary>The disk in GB, at least 1. The server's default is 50.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public int? DiskSizeGb { get; set; }

    /// <summary>The region: us, eu, asia or any. The server's default is any. Several are alternatives. The location of an instance from the pipeline (eu-west) becomes its region (eu).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[]? Region { get; set; }

    /// <summary>A spot instance will do: cheaper, and the provider may take it back at any time. The same as <c>-Market Spot</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter Spot { get; set; }

    /// <summary>The ssh key to attach, for example key_abc123.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? SshKeyId { get; set; }

    /// <summary>auto for the cheapest provider (the server's default), or one by name. Several are alternatives.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Lets the server move the instance when prices drop. Moving gives it a new id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter AutoMigrate { get; set; }

    /// <summary>Lets the server replace the instance after a spot interruption, under a new id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter AutoSpotRecovery { get; set; }

    /// <summary>The most the instance may cost in dollars, in total: at it the server terminates the instance. Not negative.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [Amount]
    public decimal? BudgetLimit { get; set; }

    /// <summary>Returns what all alternatives have in common.</summary>
    /// <param name="bound">The bound parameters of the cmdlet. A switch that is not among them is not sent, so that the server's default holds.</param>
    public LaunchRequest ToRequest(IDictionary<string, object> bound) => new()
    {
        Gpu = Gpu.Length > 0 ? Gpu[0] : "",
        Template = Template,
        DockerImage = DockerImage,
        DiskSizeGb = DiskSizeGb,
        SshKeyId = SshKeyId,
        AutoMigrate = bound.ContainsKey(nameof(AutoMigrate)) ? AutoMigrate.IsPresent : null,
        AutoSpotRecovery = bound.ContainsKey(nameof(AutoSpotRecovery)) ? AutoSpotRecovery.IsPresent : null,
        BudgetLimit = BudgetLimit,
    };
}
