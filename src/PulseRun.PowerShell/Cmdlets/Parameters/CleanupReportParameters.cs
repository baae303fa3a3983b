using System;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Notify;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines what a cleanup reports after its acts.</summary>
internal sealed class CleanupReportParameters
{
    /// <summary>
    /// Warns, after the acts, when the credit lasts shorter than this at the burn rate that is left: 1.00:00, or 24h. The receiver of the notifications gets it
    /// too, once when the runway becomes short and once a day while it stays so, whatever runs on this machine. Costs one more request. Default: does not look.
    /// </summary>
    [Parameter]
    [Duration]
    public TimeSpan? WarnRunway { get; set; }

    /// <summary>A file to which the run writes the metrics that Export-PRMetric exports, after its acts and without more requests. The balance is in it with -WarnRunway only. If the list cannot be read, the old file stays.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricsPath { get; set; }

    /// <summary>Adds the metrics of each instance to -MetricsPath, with its id as a label.</summary>
    [Parameter]
    public SwitchParameter MetricsPerInstance { get; set; }

    /// <summary>Returns what reports after the acts; null for nothing. Call it before the list is read.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is invalid.</exception>
    public CleanupReport? For(ConnectedCmdlet cmdlet, Context context, IdleRule idle, INotifier? notifier, bool isWhatIf)
    {
        if (WarnRunway <= TimeSpan.Zero)
            throw new PulseRunException(ErrorIds.InvalidRequest, "WarnRunway: the time must be above 0, for example 1.00:00. Nothing was done.") { Field = nameof(WarnRunway) };
        string? path = MetricsPath is { } name ? FilePaths.Of(cmdlet.SessionState, name, nameof(MetricsPath)) : null;
        return isWhatIf || (WarnRunway is null && path is null) ? null : new CleanupReport(cmdlet, context, idle, notifier, WarnRunway, path, MetricsPerInstance);
    }
}
