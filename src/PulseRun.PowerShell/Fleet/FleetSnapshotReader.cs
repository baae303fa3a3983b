using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Idle;
using PulseRun.Core.Monitoring;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads what an export of metrics needs: one list, the balance, and the readings recorded on this machine.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="rule">The rule that decides what is idle.</param>
internal sealed class FleetSnapshotReader(ConnectedCmdlet cmdlet, Context context, IdleRule rule)
{
    private readonly IdleSampler _sampler = new(cmdlet, context, rule, throttle: 1);

    /// <summary>Lists the fleet and reads the balance.</summary>
    /// <param name="readsBalance">False to leave out the balance and its request.</param>
    /// <param name="cancel">Cancels the requests.</param>
    public async Task<FleetSnapshot> ReadAsync(bool readsBalance, CancellationToken cancel)
    {
        IReadOnlyList<Instance> fleet = await _sampler.ListAsync(cancel).ConfigureAwait(false);
        DateTimeOffset at = context.UtcNow;
        AccountBalance? balance = readsBalance ? await ReadBalanceAsync(cancel).ConfigureAwait(false) : null;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> readings = _sampler.Recorded(fleet);
        return Of(fleet, _sampler.Judge(fleet, new HashSet<string>(), readings), readings, balance, at);
    }

    /// <summary>Returns a snapshot of a fleet that was listed and judged already. Sends nothing.</summary>
    /// <param name="fleet">The instances, with the states after the acts of the run.</param>
    /// <param name="verdicts">The verdicts of the run.</param>
    /// <param name="balance">The balance; null when it was not read.</param>
    /// <param name="at">The time of the list.</param>
    public FleetSnapshot Of(IReadOnlyList<Instance> fleet, IReadOnlyList<IdleVerdict> verdicts, AccountBalance? balance, DateTimeOffset at) =>
        Of(fleet, verdicts, _sampler.Recorded(fleet), balance, at);

    /// <summary>Reads the balance. A key without the permission for it exports the other metrics, without an error in each run.</summary>
    public async Task<AccountBalance?> ReadBalanceAsync(CancellationToken cancel)
    {
        try
        {
            return await Connection.Of(context).Client.GetBalanceAsync(cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId is ErrorIds.Forbidden or ErrorIds.Unauthorized or ErrorIds.InstanceNotFound or ErrorIds.InvalidRequest)
        {
            cmdlet.Runner.Observer.Verbose("The balance cannot be read. " + error.Message);
            return null;
        }
        catch (PulseRunException error) when (!cmdlet.IsFatal(error))
        {
            cmdlet.Runner.PostError(error, context.BaseUri);
            return null;
        }
    }

    private FleetSnapshot Of(IReadOnlyList<Instance> fleet, IReadOnlyList<IdleVerdict> verdicts, IReadOnlyDictionary<string, IReadOnlyList<Reading>> readings, AccountBalance? balance, DateTimeOffset at)
    {
        var byId = new Dictionary<string, IdleVerdict>(StringComparer.Ordinal);
        foreach (IdleVerdict verdict in verdicts)
            byId[verdict.Id] = verdict;
        IReadOnlyDictionary<string, InstanceNote> notes = new Dictionary<string, InstanceNote>();
        cmdlet.Store.TryUse(store => notes = store.Notes.Living(context.Service));
        return new FleetSnapshot
        {
            Account = FleetSnapshot.NameOf(context),
            At = at,
            Rows = FleetSnapshot.RowsOf(fleet, byId, readings, notes, rule, context.UtcNow),
            Balance = balance,
            RequestsLeft = Connection.Of(context).Client.RequestsLeft,
        };
    }
}
