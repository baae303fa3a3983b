using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Adds up what the fleet costs, what was charged, and what stops have saved. Sends one request for the list and one per page of the ledger.</summary>
[Cmdlet(VerbsDiagnostic.Measure, Nouns.Cost)]
[OutputType(typeof(CostReport))]
public sealed class MeasureCostCommand : ConnectedCmdlet
{
    /// <summary>How to group the sums: Total (default, one row), Gpu, Provider, Region or Template.</summary>
    [Parameter(Position = 0)]
    public CostGrouping GroupBy { get; set; }

    internal override bool IsFatal(PulseRunException error) => ErrorRecords.IsFatalForBilling(error);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        var reader = new CostReader(context, Store, Runner.Observer, error => Runner.PostError(error, context.BaseUri));
        // "Today" and "this month" begin at midnight in the user's time zone.
        Runner.RunToEnd(
            async cancel => Runner.PostRows(await reader.MeasureAsync(GroupBy, () => context.UtcNow.ToLocalTime(), cancel).ConfigureAwait(false)),
            context.BaseUri);
    }
}
