using System;
using System.Diagnostics;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the list that the budgets of one command are checked with, at most once a minute. Its method is called on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet: its runner.</param>
internal sealed class BudgetViews(ConnectedCmdlet cmdlet)
{
    /// <summary>One list serves the launches of a command for this time. Launches that follow it are in the journal.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _age = new();
    private BudgetView? _view;
    private Context? _of;

    /// <summary>Returns the view of a list that is at most a minute old.</summary>
    /// <exception cref="PulseRunException">The list cannot be read.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public BudgetView Fresh(Context context, IStore store)
    {
        if (_view is not null && _of == context && _age.Elapsed < s_fresh)
            return _view;
        Exception? failure = null;
        cmdlet.Runner.RunToEnd(
            async cancel =>
            {
                try
                {
                    _view = await new BudgetReader(context, cmdlet.Runner.Observer).ReadAsync(store, cancel).ConfigureAwait(false);
                }
                catch (Exception error) when (error is PulseRunException or StoreUnavailableException)
                {
                    failure = error;
                }
            },
            context.BaseUri);
        if (failure is not null)
            throw failure;
        _of = context;
        _age.Restart();
        return _view!;
    }
}
