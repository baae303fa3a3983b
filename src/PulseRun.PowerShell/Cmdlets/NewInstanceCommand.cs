using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Launches instances. Each launch is sent once.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Instance, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed partial class NewInstanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly LaunchParameters _launch = new();

    [ParameterGroup]
    private readonly LaunchLimitParameters _limits = new();

    [ParameterGroup]
    private readonly NoteParameters _note = new();

    [ParameterGroup]
    private readonly PlanParameters _plan = new();

    [ParameterGroup]
    private readonly ReadyParameters _ready = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    private WaitList? _waits;
    private LaunchRunner? _launches;
    private LaunchCredit? _credit;
    private LaunchConfirmation? _confirmation;
    private LaunchChecks? _checks;
    private LaunchNames? _names;
    private HashSet<string> _typed = [];

    /// <summary>The number of equal instances (1 to 1000, default 1). Each is a launch, and a request, of its own. Above 10 instances in one command, all rows of the pipeline together, the command asks once, whatever $ConfirmPreference is; -Confirm:$false skips the question.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset(Default = 1)]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 1;

    /// <summary>The number of launches that run at the same time (1 to 256, default 16). With a fleet limit, one.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <summary>Launches without writing the intent to the journal first, for machines where nothing can be written. Nothing is adopted, because the launches of other commands are not known. If the outcome is unknown, check for the instance yourself.</summary>
    [Parameter]
    public SwitchParameter NoJournal { get; set; }

    /// <summary>Waits until each instance is ready: running, with an address and an ssh command. One list every 2 to 15 seconds serves all instances. Each is written as soon as it is ready.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>The longest time that -Wait waits, in seconds (1 to 86400, default 900), counted from the last answer. Then the error is WaitTimeout.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = (int)WaitOptions.DefaultTimeout.TotalSeconds;

    internal override string Verb => "launch";

    internal override string AdviceForPending => NoJournal
        ? "Look with Get-PRInstance."
        : "Resolve-PRLaunch finds out what became of it; so does the next New-PRInstance.";

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _waits = Wait ? new WaitList(Runner, WaitTarget.Ready, id => _launches?.Written(id)) : null;
        _typed = [.. MyInvocation.BoundParameters.Keys];
        _ready.Check(_typed.Contains(nameof(OnNotReady)));
        if (ReadyCommand is not null)
            _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        LaunchPlan plan;
        PlanPrices prices;
        LaunchTicket[] tickets;
        try
        {
            var notes = _note.ToNotes(context, Count, _typed, !NoJournal);
            plan = (_checks ??= new LaunchChecks(this, !NoJournal)).Allowed(context, _plan.ToPlan(_launch, MyInvocation.BoundParameters, _typed), notes[0]);
            prices = new PlanPrices(this, context, plan, isKnown: !NoJournal);
            plan = prices.Order(Prefer);
            tickets = _checks.Tickets(context, plan, ReadyWithin is not null, MaxHourlyCost, notes);
        }
        catch (PulseRunException wrong)
        {
            Runner.Report(wrong, _launch.ToRequest(MyInvocation.BoundParameters));
            return;
        }
        if (prices.Highest is { } perHour && !Prompt.IsWhatIf)
            (_credit ??= new LaunchCredit(this, context)).Add(perHour * Count);
        if (!(_confirmation ??= new LaunchConfirmation(this)).Confirms(plan.Alternatives[0], Count, prices.Describe(plan, Count)))
            return;
        // One runner serves all records, because the limit for the fleet holds for all of them together.
        _launches ??= new LaunchRunner(this, context, NoJournal ? null : Stores.Current.Launches, _checks.Options(_limits.ToOptions(context, ThrottleLimit, _typed.Contains(nameof(SettleSec)))), _waits, _ready.ToCheck(context, _ssh.ClientFor));
        _launches.FinishEarlier();
        (_names ??= new LaunchNames(this, context)).Free(tickets);
        _launches.Queue(tickets, ThrottleLimit);
    }

    /// <inheritdoc/>
    protected override void OnEnd() => _waits?.Run(TimeSpan.FromSeconds(WaitTimeoutSec), interval: null);

    /// <summary>Names what was launched and not written: Ctrl+C and a command downstream may end this one at any moment.</summary>
    internal override string? LastWords() => _launches?.LastWords();
}
