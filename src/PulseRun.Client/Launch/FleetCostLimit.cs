using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Lets the launches of one command under a fleet limit go one after another, as the price of each must be known before the next. They share one list.</summary>
internal sealed class FleetCostLimit : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private FleetView? _view;

    /// <summary>Launches when its turn has come.</summary>
    /// <param name="ticket">The launch.</param>
    /// <param name="readView">Lists the fleet; called once, and again after a termination.</param>
    /// <param name="launch">Launches if there is room, and keeps what was launched if there still is.</param>
    /// <param name="cancel">Ends the wait for the turn.</param>
    public async Task<Instance> RunAsync(LaunchTicket ticket, Func<Task<FleetView>> readView, Func<FleetView, Task<Instance>> launch, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _view ??= await readView();
            return await launch(_view);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.CostLimitExceeded && ticket.InstanceId is not null)
        {
            // Terminated, if that worked: the list knows.
            _view = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
