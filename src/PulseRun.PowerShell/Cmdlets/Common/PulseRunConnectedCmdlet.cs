using System;
using System.Management.Automation;
using System.Threading;
using PulseRun.Contracts;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>A cmdlet that talks to PulseRun.</summary>
public abstract class PulseRunConnectedCmdlet : PulseRunCmdlet
{
    private int _warnedOfStore;

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

    /// <summary>Works with what this machine remembers, where the work can go on without: a store that cannot be used is one warning. From any thread.</summary>
    /// <returns>Whether it worked.</returns>
    internal bool Remember(Action<IStore> work)
    {
        try
        {
            work(Stores.Current);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            if (Interlocked.Exchange(ref _warnedOfStore, 1) == 0)
                Observer.Warning("The history is not available, this command goes on without it. " + error.Message);
            return false;
        }
    }

    /// <summary>Works with what this machine remembers, where there is no point without it: a store that cannot be used is the item's error. On the pipeline thread.</summary>
    internal void Must(Action<IStore> work, object? target)
    {
        try
        {
            work(Stores.Current);
        }
        catch (StoreUnavailableException error)
        {
            Report(new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was changed. " + error.Message), target);
        }
    }
}
