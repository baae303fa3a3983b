using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Cost;
using PulseRun.Launching;
using PulseRun.Rules;

namespace PulseRun.Client.Launching;

/// <summary>Keeps what one command launches within -MaxFleetCostPerHour. Launches under it go one after another: the price of each must be known before the next.</summary>
/// <param name="lid">In dollars per hour.</param>
internal sealed class FleetLid(decimal lid) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private decimal? _burning;

    /// <summary>Launches if there is room, and keeps what was launched if there still is.</summary>
    /// <param name="readBurn">Lists what burns now; asked once, and again after a termination.</param>
    /// <param name="estimatePrice">The price last seen of such a launch; null when none was. Asked when its turn has come: the launch before may have told.</param>
    /// <param name="launch">Launches.</param>
    /// <param name="terminate">Ends an instance that turned out too dear; answers the error.</param>
    /// <param name="cancel">Ends the wait for the turn.</param>
    public async Task<Instance> RunAsync(
        Func<Task<Burn>> readBurn, Func<decimal?> estimatePrice, Func<Task<Instance>> launch, Func<Instance, string, Task<PulseRunException>> terminate, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            decimal burning = _burning ??= (await readBurn()).PerHour;
            decimal? estimate = estimatePrice();
            if (IsExceeded(estimate))
            {
                string adds = estimate is { } known ? "this launch adds about " + Display.PerHour(known) : "no room is left for it";
                throw new PulseRunException(ErrorIds.CostLimitExceeded,
                    "Nothing was launched: the fleet burns " + Display.PerHour(burning) + ", " + adds + ", and the limit for the fleet is " + Display.PerHour(lid) + ".");
            }
            return await KeepAsync(estimate, launch, terminate);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Instance> KeepAsync(decimal? estimate, Func<Task<Instance>> launch, Func<Instance, string, Task<PulseRunException>> terminate)
    {
        try
        {
            var instance = await launch();
            string limit = " to " + Display.PerHour(_burning ?? 0) + ", and the limit for the fleet is " + Display.PerHour(lid);
            decimal? price = Burn.IsPrice(instance.CostPerHour) ? instance.CostPerHour : estimate;
            if (price is null)
                throw await terminate(instance, "the server does not say what it adds" + limit);
            if (IsExceeded(price))
                throw await terminate(instance, "it adds " + Display.PerHour(price.Value) + limit);
            _burning += price;
            return instance;
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.LaunchOutcomeUnknown)
        {
            // It may burn.
            _burning += estimate ?? 0;
            throw;
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.CostLimitExceeded)
        {
            // Terminated, if that worked: the list knows.
            _burning = null;
            throw;
        }
    }

    private bool IsExceeded(decimal? price) => LaunchLids.Fleet([], _burning ?? 0, price, lid) == CostCheck.Exceeded;
}
