using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Creates an alert: the service notifies when a GPU gets cheap, or when the account has spent an amount.</summary>
[Cmdlet(VerbsCommon.New, Nouns.Alert, DefaultParameterSetName = ParameterSets.ByPrice, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Alert))]
public sealed class NewAlertCommand : ConnectedCmdlet
{
    /// <summary>The GPU type slug, for example a100_80gb.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByPrice, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string Gpu { get; set; } = "";

    /// <summary>The price below which the alert is triggered, in dollars per hour; more than 0.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByPrice, Mandatory = true)]
    [Amount]
    public decimal PriceBelow { get; set; }

    /// <summary>The spending above which the alert is triggered, in dollars; more than 0. The service does not document for which period it counts.</summary>
    [Parameter(ParameterSetName = ParameterSets.BySpend, Mandatory = true)]
    [Amount]
    public decimal SpendAbove { get; set; }

    internal override string Verb => "create";

    internal override string AdviceForPending => "Check with Get-PRAlert.";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        AlertRequest request = ParameterSetName == ParameterSets.ByPrice ? new AlertRequest { Gpu = Gpu, PriceBelow = PriceBelow } : new AlertRequest { SpendAbove = SpendAbove };
        Runner.TryItem(request.ToString(), () =>
        {
            if (request.Check() is { } wrong)
                throw wrong;
            Context context = CurrentContext();
            if (Prompt.Confirms(request.ToString(), "Create alert"))
                Runner.Queue(request.ToString(), request.ToString(), 1, async (observer, cancel) => await Connection.Of(context).Client.CreateAlertAsync(request, observer, cancel).ConfigureAwait(false));
        });
    }
}
