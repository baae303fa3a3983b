using System;
using System.Collections;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that describe the instance that a job launches.</summary>
internal sealed class JobLaunchParameters
{
    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090. Several are alternatives, tried in this order when there is no capacity; in a CSV file, separate them with ;.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[] Gpu { get; set; } = [];

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

    /// <summary>The region: us, eu, asia or any. The server's default is any. Several are alternatives.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[]? Region { get; set; }

    /// <summary>A spot instance will do: cheaper, and the provider may take it back at any time. Then the job is started again on another one, as -MaxRestarts says. The same as <c>-Market Spot</c>.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter Spot { get; set; }

    /// <summary>The ssh key to attach, for example key_abc123.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? SshKeyId { get; set; }

    /// <summary>auto for the cheapest provider (the server's default), or one by name. Several are alternatives.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Lets the server replace the instance after a spot interruption, under a new id. The job waits 5 minutes for the replacement before it is started again on an instance of its own.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter AutoSpotRecovery { get; set; }

    /// <summary>The most the instance may cost in dollars, in total: at it the server terminates the instance. Not negative.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch, ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    [Amount]
    public decimal? BudgetLimit { get; set; }

    /// <summary>Tags of the instance, for example <c>@{ owner = 'ann' }</c>, as for New-PRInstance.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch)]
    [ArgumentCompleter(typeof(TagCompleter))]
    public IDictionary? Tag { get; set; }

    /// <summary>Returns the parameters as those of New-PRInstance.</summary>
    public LaunchParameters ToLaunch() => new()
    {
        Gpu = Gpu,
        Template = Template,
        DockerImage = DockerImage,
        DiskSizeGb = DiskSizeGb,
        Region = Region,
        Spot = Spot,
        SshKeyId = SshKeyId,
        Provider = Provider,
        AutoSpotRecovery = AutoSpotRecovery,
        BudgetLimit = BudgetLimit,
    };

    /// <summary>Returns the note of the instance. Its name and its lifetime are those of the job.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="name">The name; null for none.</param>
    /// <param name="lifetime">The lifetime.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a tag is invalid.</exception>
    public LaunchNote ToNote(Context context, string? name, TimeSpan lifetime) => new()
    {
        Service = context.Service,
        Name = name,
        Tags = TagInput.Read(Tag, null),
        LaunchedBy = CurrentUser.Name,
        Lifetime = lifetime,
        AtExpiry = ExpiryAction.Remove,
    };
}
