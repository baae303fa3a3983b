using System.Globalization;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Cost;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Shows the prepaid credit and how long it lasts at what burns now. Two requests. At 0 everything is terminated, disks included.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Balance)]
[OutputType(typeof(AccountBalance))]
public sealed class GetBalanceCommand : BillingCommand
{
    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        RunToEnd(cancel => ReadAsync(context, cancel), context.BaseUri);
    }

    private async Task ReadAsync(Context context, CancellationToken cancel)
    {
        AccountBalance balance = await context.Client.GetBalanceAsync(Observer, cancel).ConfigureAwait(false);
        var burn = default(Burn);
        await context.Client.ListAsync(null, rows => burn += Burn.Of(rows), Observer, cancel).ConfigureAwait(false);
        var whole = new AccountBalance
        {
            Balance = balance.Balance,
            Currency = balance.Currency,
            BurnPerHour = burn.PerHour,
            Unpriced = burn.Unpriced,
            Runway = Runway.Of(balance.Balance, burn.PerHour),
            Origin = context,
        };
        PostRows([whole]);
        if (Runway.IsShort(whole.Runway))
        {
            Observer.Warning(string.Format(
                CultureInfo.InvariantCulture,
                "The credit lasts {0} more at what burns now. At 0 every instance is terminated, disks included.",
                Formatting.Duration(whole.Runway)));
        }
    }
}
