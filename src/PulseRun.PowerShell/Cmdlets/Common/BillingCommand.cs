namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that reads the account's money. A key may lack that permission and be good for all else, so a refusal is this cmdlet's error and not the connection's end.</summary>
public abstract class BillingCommand : PulseRunConnectedCmdlet
{
    internal sealed override bool IsFatal(PulseRunException error) => error.ErrorId != ErrorIds.Unauthorized && base.IsFatal(error);
}
