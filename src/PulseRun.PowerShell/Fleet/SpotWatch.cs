using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds out whether the instance that work runs on is lost, and whether the work is started again. <see cref="SpotRestart"/> decides; this class reads. The caller launches, by its plan.</summary>
/// <param name="context">The connection.</param>
/// <param name="instance">The instance.</param>
/// <param name="isRecoveredByServer">True when it was launched with -AutoSpotRecovery.</param>
/// <param name="most">The number of times that the work may be started again (-MaxRestarts).</param>
internal sealed class SpotWatch(Context context, Instance instance, bool isRecoveredByServer, int most)
{
    private Stopwatch? _missing;
    private DateTimeOffset _lastSeen = ServerTime(context);

    /// <summary>Gets the instance that the work runs on, as last seen.</summary>
    public Instance Instance { get; private set; } = instance;

    /// <summary>Gets how many times the work was started again: the value of PULSERUN_RESTART.</summary>
    public int Restarts { get; private set; }

    /// <summary>Reads the list once, and the instance itself before it counts as lost.</summary>
    /// <exception cref="PulseRunException">The key is not accepted, or the connection was closed. A list that fails otherwise is a reason to wait.</exception>
    public async Task<SpotStep> LookAsync(ICallObserver observer, CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        bool isComplete = true;
        IPulseRunClient client = Connection.Of(context).Client;
        try
        {
            await client.ListAsync(null, fleet.AddRange, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (!Running.ErrorRecords.IsFatal(error))
        {
            observer.Verbose("The list could not be read; whether " + Instance.Id + " is lost is not known: " + error.Message);
            isComplete = false;
        }
        SpotStep step = Decide(fleet.Find(one => one.Id == Instance.Id), fleet, isComplete);
        if (step.Kind is SpotStepKind.Alive or SpotStepKind.Wait || fleet.Exists(one => one.Id == Instance.Id))
            return step;
        try
        {
            Instance read = await client.GetAsync(Instance.Id, observer, cancel).ConfigureAwait(false);
            return InstanceStatus.IsFinal(read.Status) ? step : Decide(read, fleet, isComplete);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
        {
            return step;
        }
        catch (PulseRunException error) when (!Running.ErrorRecords.IsFatal(error))
        {
            return new SpotStep(SpotStepKind.Wait, Why: "it could not be read: " + error.Message);
        }
    }

    /// <summary>Records that the work was started again on another instance.</summary>
    public void Restarted(Instance next)
    {
        Restarts++;
        Instance = next;
        _missing = null;
        _lastSeen = ServerTime(context);
    }

    private SpotStep Decide(Instance? row, List<Instance> fleet, bool isComplete)
    {
        if (row is not null && !InstanceStatus.IsFinal(row.Status))
        {
            (Instance, _missing, _lastSeen) = (row, null, ServerTime(context));
        }
        else if (isComplete || row is not null)
        {
            _missing ??= Stopwatch.StartNew();
        }
        return SpotRestart.Decide(new SpotLook
        {
            Listed = row,
            IsComplete = isComplete,
            MissingFor = _missing?.Elapsed ?? TimeSpan.Zero,
            IsSpot = Instance.Spot == true,
            IsRecoveredByServer = isRecoveredByServer,
            Replacements = isRecoveredByServer && _missing is not null ? Replacements(fleet) : [],
            Restarts = Restarts,
            Most = most,
        });
    }

    /// <summary>Returns the instances that may have been launched by the server. When the journal cannot be read, it is not known which ones are those of other launches, and none is.</summary>
    private IReadOnlyList<Instance> Replacements(List<Instance> fleet)
    {
        try
        {
            return SpotRestart.ReplacementsOf(Instance, _lastSeen, fleet, Stores.Current.Launches.Look(context.Account).Claimed);
        }
        catch (StoreUnavailableException)
        {
            return [];
        }
    }

    private static DateTimeOffset ServerTime(Context context) => context.UtcNow + (Connection.Of(context).Client.ClockSkew ?? TimeSpan.Zero) - TimeSpan.FromSeconds(1);
}
