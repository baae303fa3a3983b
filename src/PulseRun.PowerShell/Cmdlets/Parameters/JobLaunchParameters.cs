using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Completion;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that describe the instance that a job launches.</summary>
internal sealed class JobLaunchParameters
{
    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string Gpu { get; set; } = "";

    /// <summary>The template slug (default pytorch). The template custom runs the image of -DockerImage.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = "pytorch")]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string Template { get; set; } = "pytorch";

    /// <summary>The image to run, with <c>-Template custom</c> only.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? DockerImage { get; set; }

    /// <summary>The disk in GB, at least 1. The server's default is 50.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public int? DiskSizeGb { get; set; }

    /// <summary>Where: us, eu, asia or any. The server's default is any.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>A spot instance will do: cheaper, and the provider may take it back at any time. The job is lost with it.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter Spot { get; set; }

    /// <summary>The ssh key to attach, for example key_abc123.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? SshKeyId { get; set; }

    /// <summary>auto for the cheapest provider (the server's default), or one by name.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string? Provider { get; set; }

    /// <summary>The most the instance may cost in dollars, in total: at it the server terminates the instance. Not negative.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public decimal? BudgetLimit { get; set; }

    /// <summary>Returns the request that the parameters describe.</summary>
    /// <param name="bound">The bound parameters of the cmdlet. A switch that is not among them is not sent, so that the server's default holds.</param>
    public LaunchRequest ToRequest(IDictionary<string, object> bound) => new()
    {
        Gpu = Gpu,
        Template = Template,
        DockerImage = DockerImage,
        DiskSizeGb = DiskSizeGb,
        Region = LaunchRules.RegionOf(Region),
        Spot = bound.ContainsKey(nameof(Spot)) ? Spot.IsPresent : null,
        SshKeyId = SshKeyId,
        Provider = Provider,
        BudgetLimit = BudgetLimit,
    };
}
