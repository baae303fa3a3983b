using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Runs the launches of one command under a cost limit of the fleet one after another, because the price of each must be known before the next. They share one list.</summary>
internal sealed class FleetCostLimit : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private FleetView? _view;

    /// <summary>Waits until earlier launches are done, then launches.</summary>
    /// <param name="ticket">The launch.</param>
    /// <param name="readView">Lists the fleet; called once, and again after a termination.</param>
    /// <param name="launch">Launches if the limit permits, and terminates the instance if its real price exceeds the limit.</param>
    /// <param name="isStale">True when a list is too old, because a plan has waited since.</param>
    /// <param name="cancel">Cancels the wait for earlier launches.</param>
    public async Task<Instance> RunAsync(LaunchTicket ticket, Func<Task<FleetView>> readView, Func<FleetView, Task<Instance>> launch, Func<FleetView, bool> isStale, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_view is null || isStale(_view))
                _view = await readView();
            return await launch(_view);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.CostLimitExceeded && ticket.InstanceId is not null)
        {
            // The instance may be terminated by now, so read the list again.
            _view = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the next launch read the list again.</summary>
    public void Forget() => _view = null;

    public void Dispose() => _turn.Dispose();
}
