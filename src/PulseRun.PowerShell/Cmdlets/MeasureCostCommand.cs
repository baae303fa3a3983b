using System;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Adds up what the fleet costs, what was charged, and what stops have saved. Sends one request for the list and one per page of the ledger.</summary>
[Cmdlet(VerbsDiagnostic.Measure, Nouns.Cost)]
[OutputType(typeof(CostReport))]
public sealed class MeasureCostCommand : ConnectedCmdlet
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(91);

    /// <summary>The grouping of the sums: Total (default, one row), Gpu, Provider, Region, Template, Name, LaunchedBy, or a tag by its key, for example Tag:owner.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(CostGroupByCompleter))]
    public CostGroupBy GroupBy { get; set; }

    /// <summary>The time from which Cost and Charged count, at most 90 days ago: states are recorded for so long. Default: the first of the month.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    internal override bool IsFatal(PulseRunException error) => ErrorRecords.IsFatalForBilling(error);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        if (Since > context.UtcNow || Since < context.UtcNow - s_longest)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Since: the time must be in the past, and at most 90 days ago.") { Field = nameof(Since) };
        var reader = new CostReader(context, Store, Runner.Observer, error => Runner.PostError(error, context.BaseUri));
        // "Today" and "this month" begin at midnight in the user's time zone.
        Runner.RunToEnd(
            async cancel => Runner.PostRows(await reader.MeasureAsync(GroupBy, Since, () => context.UtcNow.ToLocalTime(), cancel).ConfigureAwait(false)),
            context.BaseUri);
    }
}
