using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Cost;
using PulseRun.Launching;
using PulseRun.Rules;

namespace PulseRun.Client.Launching;

/// <summary>Keeps what one command launches within -MaxFleetCostPerHour. Launches under it go one after another: the price of each must be known before the next.</summary>
/// <param name="lid">In dollars per hour.</param>
/// <param name="readBurn">Lists what burns now; asked once.</param>
/// <param name="terminate">Ends an instance that turned out too dear; answers the error.</param>
internal sealed class FleetLid(decimal lid, Func<CancellationToken, Task<Burn>> readBurn, Func<Instance, string, Task<PulseRunException>> terminate) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private decimal? _burning;

    /// <summary>Launches if there is room, and keeps what was launched if there still is.</summary>
    /// <param name="estimate">The price last seen of such a launch; null when none was.</param>
    /// <param name="launch">Launches.</param>
    /// <param name="cancel">Ends the wait for the turn.</param>
    public async Task<Instance> RunAsync(decimal? estimate, Func<Task<Instance>> launch, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            decimal burning = _burning ??= (await readBurn(cancel)).PerHour;
            if (IsExceeded(estimate))
            {
                string price = estimate is { } known ? "this launch adds about " + Display.PerHour(known) : "no room is left for it";
                throw new PulseRunException(ErrorIds.CostLimitExceeded,
                    "Nothing was launched: the fleet burns " + Display.PerHour(burning) + ", " + price + ", and the limit for the fleet is " + Display.PerHour(lid) + ".");
            }
            var instance = await launch();
            if (IsExceeded(instance.CostPerHour))
            {
                string price = instance.CostPerHour is { } known ? Display.PerHour(known) : "an unknown price";
                throw await terminate(instance, "it adds " + price + " to " + Display.PerHour(burning) + ", and the limit for the fleet is " + Display.PerHour(lid));
            }
            _burning += instance.CostPerHour ?? 0;
            return instance;
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.LaunchOutcomeUnknown)
        {
            // It may burn.
            _burning += estimate ?? 0;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool IsExceeded(decimal? price) => LaunchLids.Fleet([], _burning ?? 0, price, lid) == CostCheck.Exceeded;
}
