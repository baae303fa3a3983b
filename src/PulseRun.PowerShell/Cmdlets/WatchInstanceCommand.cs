using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Views;
using PulseRun.Core.Watch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.Views.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Shows the fleet live: state, load, price, verdict, and how long the credit lasts. Sends one list request per refresh, and takes readings with the rest of the request budget.</summary>
[Cmdlet(VerbsCommon.Watch, Nouns.Instance)]
[OutputType(typeof(WatchedInstance), typeof(string))]
public sealed partial class WatchInstanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _rule = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private FleetFrame? _last;

    /// <summary>The time between two refreshes, in seconds (1 to 3600, default 10). It is extended when the list requests alone would use more than half of the request budget.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int IntervalSec { get; set; } = 10;

    /// <summary>The number of refreshes after which the view ends (1 or more). Default: it runs until q, Esc or Ctrl+C.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Refreshes { get; set; }

    /// <summary>The column to sort by: Cost (default), Gpu, Verdict, Status or Id.</summary>
    [Parameter]
    public FleetSort Sort { get; set; }

    /// <summary>The time that an instance must have been idle, up to now, for the verdict Idle (1 second to 365 days, default 00:30:00). The history bar covers this time.</summary>
    [Parameter]
    public TimeSpan For { get; set; } = new IdleRule().For;

    /// <summary>The number of requests a minute that the view may send (2 or more). Default: three quarters of the connection's limit, or of 60; the rest stays for your other commands. If they do not suffice for all instances, the visible rows are read first, and then the others in the order of about_PulseRun_Idle.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Returns one object per instance and refresh instead of drawing the view.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    internal override bool ShowsProgress => false;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        IdleRule rule = _rule.RuleFor(For, nameof(For));
        Context context = CurrentContext();
        var budget = new WatchBudget(RequestBudget ?? RequestReserve.Leave(context.RequestsPerMinute), TimeSpan.FromSeconds(IntervalSec));
        var watch = new FleetWatch(this, context, rule, budget, ThrottleLimit);
        var options = new WatchOptions(budget.Interval, Refreshes, Sort, () => Runner.WaitingFor) { OnVisible = ids => watch.VisibleIds = ids };
        IViews views = Libraries.CreateViews();
        bool draws = !PassThru && IsAlone && views.CanDraw;
        Runner.RunToEnd(
            cancel => draws
                ? views.DrawAsync(options, (show, token) => LookAsync(watch, context, show, token), cancel)
                : views.RepeatAsync(options, token => LookAsync(watch, context, null, token), Write, cancel),
            context.BaseUri);
    }

    /// <summary>True when the host is a console and no other command reads the output.</summary>
    private bool IsAlone => Host.Name == "ConsoleHost" && MyInvocation.PipelineLength == 1;

    /// <summary>Reads the fleet once. After a failure that is not fatal, returns the last frame together with the problem, so that the view continues.</summary>
    private async Task<FleetFrame> LookAsync(FleetWatch watch, Context context, Action<FleetFrame>? show, CancellationToken cancel)
    {
        try
        {
            return _last = await watch.LookAsync(show, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (!IsFatal(error))
        {
            if (show is null)
                Runner.PostError(error, context.BaseUri);
            return (_last ?? new FleetFrame { At = context.UtcNow, IsListed = false }) with { Problem = error.Message };
        }
    }

    private void Write(FleetFrame frame)
    {
        if (frame.Problem is not null)
            return;
        if (PassThru)
            Runner.PostRows(FleetOrder.Sort(frame.Rows, Sort));
        else
            Runner.PostRows(FleetText.Lines(frame, Sort));
    }
}
