using System.Globalization;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cost;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the prepaid credit, and how long it lasts at the present burn rate. Sends two requests. When the credit reaches 0, the service terminates every instance and deletes its disk.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Balance)]
[OutputType(typeof(AccountBalance))]
public sealed class GetBalanceCommand : ConnectedCmdlet
{
    internal override bool IsFatal(PulseRunException error) => ErrorRecords.IsFatalForBilling(error);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        Runner.RunToEnd(cancel => ReadAsync(context, cancel), context.BaseUri);
    }

    private async Task ReadAsync(Context context, CancellationToken cancel)
    {
        AccountBalance ledger = await Connection.Of(context).Client.GetBalanceAsync(Runner.Observer, cancel).ConfigureAwait(false);
        var burn = default(Burn);
        await Connection.Of(context).Client.ListAsync(null, rows => burn += Burn.Of(rows), Runner.Observer, cancel).ConfigureAwait(false);
        AccountBalance balance = Runway.Complete(ledger, burn);
        Runner.PostRows([balance]);
        if (Runway.IsShort(balance.Runway))
        {
            Runner.Observer.Warning(string.Format(
                CultureInfo.InvariantCulture,
                "The credit lasts for another {0} at the present burn rate. At 0 every instance is terminated, disks included.",
                Formatting.Duration(balance.Runway)));
        }
    }
}
