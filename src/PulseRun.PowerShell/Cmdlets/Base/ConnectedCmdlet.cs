using System.Management.Automation;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Base;

/// <summary>The base of cmdlets that need a connection.</summary>
public abstract class ConnectedCmdlet : PulseRunCmdlet
{
    /// <summary>Initialises the local store of the cmdlet. Opens nothing.</summary>
    protected ConnectedCmdlet() => Store = new LocalStore(static () => Stores.Current, message => Runner.Observer.Warning(message));

    /// <summary>
    /// The connection to use, from Connect-PulseRun -PassThru. Default: the current connection. An object is acted on with the connection it came
    /// from. If -Context names another one, the error is ContextMismatch and nothing is sent.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Context? Context { get; set; }

    /// <summary>The history, the protections and the launch journal on this machine.</summary>
    internal LocalStore Store { get; }

    /// <summary>Returns the connection for work that no object brought one for.</summary>
    internal Context CurrentContext() => Connections.Current(Context);

    /// <summary>Returns the connection for work on an object: the one it came from.</summary>
    internal Context ContextFor(InstanceReference item) => Connections.For(item, Context);
}
