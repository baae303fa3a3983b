using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Core.Text;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Launches instances. Each launch is sent once.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Instance, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class NewInstanceCommand : ConnectedCmdlet
{
    private readonly List<LaunchTicket> _tickets = [];
    private WaitList? _waits;
    private ILauncher? _launcher;
    private bool _finishedEarlier;

    /// <summary>The GPU type slug, for example a100_80gb, h100_80gb or rtx_4090.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string Gpu { get; set; } = "";

    /// <summary>The template slug, for example pytorch; custom goes with -DockerImage.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TemplateCompleter))]
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
    [ArgumentCompleter(typeof(RegionCompleter))]
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
    [ArgumentCompleter(typeof(ProviderCompleter))]
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

    /// <summary>The most an instance may cost in dollars per hour. Refused before the launch when such an instance cost more within the last hour; one that turns out to cost more is terminated at once: CostLimitExceeded.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public decimal? MaxHourlyCost { get; set; }

    /// <summary>The most the whole fleet may cost in dollars per hour, these launches and those under way in other commands included. Costs one list; launches then go one after another. Default: the connection's limit.</summary>
    [Parameter]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>Counts a price that is not known as 0. Else an instance of the fleet without a price refuses a launch under a fleet limit, and a new instance without a price is terminated under a limit.</summary>
    [Parameter]
    public SwitchParameter AllowUnknownPrice { get; set; }

    /// <summary>How long after an unclear answer the list may still lack the instance, in seconds (0 to 3600, default 15). Only then is a launch said not to have happened.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

    /// <summary>Launches without writing the intent down first. A launch whose outcome is unknown is then yours to find: nothing is adopted, as launches of other commands are not known.</summary>
    [Parameter]
    public SwitchParameter NoJournal { get; set; }

    /// <summary>Waits until each instance is ready: running, with address and ssh command. One list a look for all together.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long -Wait waits, in seconds (1 to 86400, default 900), from the last answer on.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    internal override string Verb => "launch";

    internal override string AdviceForPending => NoJournal
        ? "Look with Get-PRInstance."
        : "Resolve-PRLaunch finds out what became of it; so does the next New-PRInstance.";

    /// <inheritdoc/>
    protected override void OnBegin() => _waits = Wait ? new WaitList(Runner, WaitTarget.Ready, WaitEnded) : null;

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
            Runner.Report(wrong, request);
            return;
        }
        Context context = CurrentContext();
        if (!Prompt.Confirms(Describe(request) + Price(context, request), Count == 1 ? "Launch instance" : "Launch " + Count + " instances"))
            return;
        FinishEarlier(context);
        ILauncher launcher = LauncherFor(context);
        for (int i = 1; i <= Count; i++)
        {
            string label = Count == 1 ? Describe(request) : Describe(request) + " #" + i;
            var ticket = new LaunchTicket(request, MaxHourlyCost);
            _tickets.Add(ticket);
            Runner.Queue(
                label,
                request,
                ThrottleLimit,
                async (observer, cancel) =>
                {
                    try
                    {
                        Instance instance = await launcher.LaunchAsync(ticket, observer, cancel).ConfigureAwait(false);
                        return _waits is { } waits ? waits.Take(context, instance, null, instance) : instance;
                    }
                    catch (OperationCanceledException) when (ticket.InstanceId is not null)
                    {
                        // It is confirmed, whatever was still to be read of it: LastWords names it.
                        (observer as CallObserver)?.Answered();
                        throw;
                    }
                },
                () => Written(ticket));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _waits?.Run(TimeSpan.FromSeconds(WaitTimeoutSec), interval: null);

    /// <summary>Names what was launched and not written: Ctrl+C and a command downstream may end this one at any moment.</summary>
    internal override string? LastWords()
    {
        List<LaunchTicket> left = _tickets.FindAll(static ticket => !ticket.IsWritten);
        if (left.Count == 0 || _launcher is null)
            return null;
        _launcher.Leave(left);
        string[] billing = left.Where(static ticket => ticket is { InstanceId: not null, IsGone: false }).Select(static ticket => ticket.InstanceId!).ToArray();
        return billing.Length == 0 ? null
            : "Launched and billing, but not written to the pipeline: " + string.Join(", ", billing) + "."
                + (NoJournal ? "" : " Resolve-PRLaunch and the next New-PRInstance name them once more.");
    }

    private void Written(LaunchTicket ticket)
    {
        ticket.IsWritten = true;
        if (!NoJournal)
            _launcher!.Told([ticket.IntentId]);
    }

    private void WaitEnded(string instanceId)
    {
        foreach (LaunchTicket ticket in _tickets.Where(ticket => ticket.InstanceId == instanceId))
            Written(ticket);
    }

    /// <summary>One launcher for all records: the fleet's limit counts over all of them.</summary>
    private ILauncher LauncherFor(Context context) => _launcher ??= Libraries.CreateLauncher(
        context,
        NoJournal ? null : Stores.Current.Launches,
        new LaunchOptions
        {
            MaxFleetCostPerHour = MaxFleetCostPerHour ?? context.MaxFleetCostPerHour,
            AllowUnknownPrice = AllowUnknownPrice,
            Settle = TimeSpan.FromSeconds(SettleSec),
        });

    /// <summary>Finds out what became of launches that an earlier command left open, and names what it launched and never wrote: they may be billed unseen.</summary>
    private void FinishEarlier(Context context)
    {
        if (NoJournal || _finishedEarlier)
            return;
        _finishedEarlier = true;
        ILauncher launcher = LauncherFor(context);
        LaunchesLeft left;
        try
        {
            left = launcher.Left();
        }
        catch (StoreUnavailableException)
        {
            // The launch itself says so.
            return;
        }
        foreach (LaunchRecord launch in left.Untold)
        {
            WriteWarning(LaunchWords.Untold(launch));
            launcher.Told([launch.IntentId]);
        }
        // One that a command on another machine may be at work on is Resolve-PRLaunch's affair.
        LaunchRecord[] wanted = left.ToResolve.Where(static record => record.OwnerState != OwnerState.Elsewhere).Concat(left.ToLookAtAgain).ToArray();
        if (wanted.Length == 0)
            return;
        Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Launch> found = await launcher.ResolveAsync(wanted, Runner.Observer, cancel).ConfigureAwait(false);
                foreach ((Launch launch, LaunchRecord record) in found.Zip(wanted, static (launch, record) => (launch, record)))
                {
                    // What a second look confirms is no news.
                    if (record.Outcome != launch.Outcome)
                        Runner.PostWarning(LaunchWords.Earlier(launch), () => launcher.Told([launch.IntentId]));
                }
            },
            context.BaseUri);
    }

    /// <summary>What such a launch cost when last seen, for the question.</summary>
    private string Price(Context context, LaunchRequest request)
    {
        if (NoJournal)
            return "";
        try
        {
            return Stores.Current.Launches.EstimatePrice(context.Account, request) is { } price ? ", about " + Display.PerHour(price) : "";
        }
        catch (StoreUnavailableException)
        {
            return "";
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
        return CleanText.Clean(text.ToString(), 200);
    }
}
