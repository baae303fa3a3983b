using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Base;

/// <summary>The base of cmdlets that need a connection.</summary>
public abstract class ConnectedCmdlet : PulseRunCmdlet
{
    /// <summary>Initialises the local store of the cmdlet. The store is not opened before its first use.</summary>
    protected ConnectedCmdlet()
    {
        Store = new LocalStore(static () => Stores.Current, message => Runner.Observer.Warning(message));
        States = new StateRecorder(this);
    }

    /// <summary>
    /// The connection to use, from Connect-PulseRun -PassThru. Default: the current connection. An object is acted on with the connection it came
    /// from. If -Context names another one, the error is ContextMismatch and nothing is sent.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [LiveContext]
    public Context? Context { get; set; }

    /// <summary>Gets the local store: the history, the protections and the launch journal of this machine.</summary>
    internal LocalStore Store { get; }

    /// <summary>Gets what records the results of acts for the costs.</summary>
    internal StateRecorder States { get; }

    /// <inheritdoc/>
    protected override void OnDisposed() => States.Flush();

    /// <summary>Returns the connection for work that belongs to no input object: -Context, else the current connection.</summary>
    internal Context CurrentContext() => Connections.Current(Context);

    /// <summary>Returns the connection for work on an object: the connection that returned the object.</summary>
    internal Context ContextFor(InstanceReference item) => Connections.For(item, Context);
}
