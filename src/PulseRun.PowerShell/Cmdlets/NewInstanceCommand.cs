using System;
using System.Management.Automation;
using System.Text;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Launches instances. Each launch is sent once.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Instance, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class NewInstanceCommand : PulseRunConnectedCmdlet
{
    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string Gpu { get; set; } = "";

    /// <summary>The template slug, for example pytorch; custom goes with -DockerImage.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Template { get; set; } = "";

    /// <summary>The image to run; only with -Template custom.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? DockerImage { get; set; }

    /// <summary>The disk in GB, at least 1. The server's default is 50.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public int? DiskSizeGb { get; set; }

    /// <summary>Where: us, eu, asia or any. The server's default is any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Region { get; set; }

    /// <summary>A spot instance will do: cheaper, and the provider may take it back at any time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = false)]
    public SwitchParameter Spot { get; set; }

    /// <summary>The ssh key to attach, for example key_abc123.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? SshKeyId { get; set; }

    /// <summary>auto for the cheapest provider (the server's default), or one by name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Provider { get; set; }

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
    public decimal? BudgetLimit { get; set; }

    /// <summary>How many equal instances (1 to 1000, default 1). Each is a launch, and a request, of its own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = 1)]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 1;

    /// <summary>How many launches are under way at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    internal override string Verb => "launch";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        var request = new LaunchRequest
        {
            Gpu = Gpu,
            Template = Template,
            DockerImage = DockerImage,
            DiskSizeGb = DiskSizeGb,
            Region = Region,
            Spot = Given(nameof(Spot), Spot),
            SshKeyId = SshKeyId,
            Provider = Provider,
            AutoMigrate = Given(nameof(AutoMigrate), AutoMigrate),
            AutoSpotRecovery = Given(nameof(AutoSpotRecovery), AutoSpotRecovery),
            BudgetLimit = BudgetLimit,
        };
        if (LaunchRules.Check(request) is { } wrong)
        {
            Report(wrong, request);
            return;
        }
        Context context = CurrentContext();
        if (!Confirms(Describe(request), Count == 1 ? "Launch instance" : "Launch " + Count + " instances"))
            return;
        for (int i = 1; i <= Count; i++)
        {
            string label = Count == 1 ? Describe(request) : Describe(request) + " #" + i;
            Queue(label, request, ThrottleLimit, async (observer, cancel) =>
                await context.Client.LaunchAsync(request, observer, cancel).ConfigureAwait(false));
        }
    }

    /// <summary>A switch that was not given is not sent: the server's default holds.</summary>
    private bool? Given(string name, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(name) ? value.IsPresent : null;

    private static string Describe(LaunchRequest request)
    {
        StringBuilder text = new StringBuilder(request.Gpu).Append(", ").Append(request.Template)
            .Append(", region ").Append(request.Region ?? "any");
        if (request.Provider is { } provider && !string.Equals(provider, "auto", StringComparison.OrdinalIgnoreCase))
            text.Append(", ").Append(provider);
        text.Append(request.Spot == true ? ", spot" : ", on demand");
        return Text.Clean(text.ToString(), 200);
    }
}
