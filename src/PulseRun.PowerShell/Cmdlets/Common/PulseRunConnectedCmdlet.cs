using System.Management.Automation;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that talks to PulseRun.</summary>
public abstract class PulseRunConnectedCmdlet : PulseRunCmdlet
{
    /// <summary>The connection to use, from Connect-PulseRun -PassThru. Default: the current one. Objects are acted on with the connection they came from; naming another one for them is the error ContextMismatch.</summary>
    [Parameter]
    [ValidateNotNull]
    public Context? Context { get; set; }

    /// <inheritdoc/>
    protected override void OnStepped()
    {
        if (Stores.TakeNotice() is { } notice)
            WriteWarning(notice);
    }

    /// <summary>The connection for work that no object brought one for.</summary>
    internal Context CurrentContext() => Connections.Current(Context);

    /// <summary>The connection for work on an object: its own.</summary>
    internal Context ContextFor(InstanceReference item) => Connections.For(item, Context);
}
