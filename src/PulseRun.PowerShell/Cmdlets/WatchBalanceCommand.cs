using System;
using System.Management.Automation;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Watches how long the prepaid credit lasts, and notifies when that becomes less than a limit. Sends two requests for each look: the balance and the list.</summary>
[Cmdlet(VerbsCommon.Watch, Nouns.Balance)]
[OutputType(typeof(AccountBalance))]
public sealed partial class WatchBalanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly ReceiverParameters _receiver = new();

    /// <summary>The runway below which a notification is sent: 24h, 90m, 1d12h, or a time span such as 1.00:00:00. One is sent when the runway becomes shorter, and one a day while it stays so.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Duration]
    public TimeSpan Below { get; set; }

    /// <summary>The time between two looks, in seconds (1 to 86400, default 300).</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int IntervalSec { get; set; } = 300;

    /// <summary>Ends the watch after this time, in seconds (1 or more). Default: it runs until Ctrl+C.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? TimeoutSec { get; set; }

    /// <summary>Looks once and ends, for a scheduled task. A task that must not notify in each run uses Invoke-PRCleanup -WarnRunway, which remembers what was sent.</summary>
    [Parameter]
    public SwitchParameter Once { get; set; }

    internal override bool ShowsProgress => false;

    internal override bool IsFatal(PulseRunException error) => ErrorRecords.IsFatalForBilling(error);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (Below <= TimeSpan.Zero)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Below: the time must be above 0, for example 24h.") { Field = nameof(Below) };
        INotifier? notifier = _receiver.Create(SessionState);
        Context context = CurrentContext();
        var watch = new BalanceWatch(this, context, Below, notifier);
        Runner.RunToEnd(
            cancel => watch.RunAsync(Once ? null : TimeSpan.FromSeconds(IntervalSec), TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null, cancel),
            context.BaseUri);
    }
}
