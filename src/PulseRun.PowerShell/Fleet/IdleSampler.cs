using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Takes readings of instances, records them, and returns verdicts from the recorded history. The decision itself is in Core.</summary>
/// <param name="cmdlet">The cmdlet, for its streams and its store.</param>
/// <param name="context">The connection.</param>
/// <param name="rule">The rule that decides what is idle.</param>
/// <param name="throttle">The number of readings that are taken concurrently.</param>
/// <param name="ssh">Reads instances of which the API has no metrics; null for none.</param>
internal sealed class IdleSampler(ConnectedCmdlet cmdlet, Context context, IdleRule rule, int throttle, SshReader? ssh = null)
{
    private readonly ReadingSampler _reader = new(context, ssh);

    /// <summary>The time after now that is included when the history is read. Readings in the future show that the clock was set back; for readings further ahead, the history reports that without reading them.</summary>
    private static readonly TimeSpan s_future = TimeSpan.FromDays(1);

    /// <summary>The tolerance for readings in the future: another process may record a reading between the read of the clock and the query.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromSeconds(2);

    /// <summary>True when the states of the last list were recorded.</summary>
    public bool StatesAreRecorded { get; private set; }

    /// <summary>Returns the whole fleet from one list request, and records the states.</summary>
    public async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        await Connection.Of(context).Client.ListAsync(null, fleet.AddRange, cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
        DateTimeOffset now = context.UtcNow;
        StatesAreRecorded = cmdlet.Store.TryUse(store => store.History.RecordStates(context.Account, fleet, complete: true, now));
        return fleet;
    }

    /// <summary>Takes a reading of each instance, and records them together.</summary>
    /// <param name="instances">The instances. Only running ones have metrics.</param>
    /// <param name="places">When each reading is taken. Readings at one second of each minute would be in step with a periodic workload.</param>
    /// <param name="window">The time window for an act that follows the reading; it starts when the reading is sent. Null when no act follows.</param>
    /// <param name="cancel">Cancels the readings.</param>
    /// <returns>The ids of the instances whose reading failed or could not be recorded.</returns>
    public async Task<HashSet<string>> ReadAsync(IReadOnlyList<Instance> instances, ReadingPlaces places, ActWindow? window, CancellationToken cancel)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var missed = new HashSet<string>(StringComparer.Ordinal);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new ReadingBuffer(Record);
        using var room = new SemaphoreSlim(throttle);
        await Task.WhenAll(instances.Select(instance => ReadOneAsync(instance, places.Wait(instance.Id)))).ConfigureAwait(false);
        buffer.Flush();
        RecordMisses(missed, counts: true);
        RecordMisses(refused, counts: false);
        return failed;

        void Record(IReadOnlyList<InstanceMetrics> batch)
        {
            if (cmdlet.Store.TryUse(store => store.History.RecordReadings(context.Account, batch, context.UtcNow)))
                return;
            // The verdict uses the recorded readings. If this one, which may show a busy GPU, was not recorded, the older ones must not decide.
            lock (failed)
                failed.UnionWith(batch.Select(static reading => reading.Id));
        }

        async Task ReadOneAsync(Instance instance, TimeSpan delay)
        {
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, cancel).ConfigureAwait(false);
            await room.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                buffer.Add(await _reader.ReadAsync(instance, window, cmdlet.Runner.Observer, cancel).ConfigureAwait(false));
                // A run that waits for the places of its readings takes a minute. What it has read must not be lost when it is killed, and the next run must see it.
                if (places.IsSpread)
                    buffer.Flush();
            }
            catch (PulseRunException error) when (!cmdlet.IsFatal(error))
            {
                // A missing reading is not reported as an error: the verdict becomes Unknown and has the reason.
                cmdlet.Runner.Observer.Verbose("The metrics of " + instance.Id + " cannot be read. " + error.Message);
                lock (failed)
                {
                    failed.Add(instance.Id);
                    // The rate limit and the network refuse a request without regard to the instance.
                    (error.ErrorId is ErrorIds.RateLimited or ErrorIds.ConnectionFailed ? refused : missed).Add(instance.Id);
                }
            }
            finally
            {
                room.Release();
            }
        }
    }

    /// <summary>Returns the verdicts on instances from the recorded readings, in the order of the instances.</summary>
    /// <param name="instances">The instances, as listed.</param>
    /// <param name="unread">The ids of the instances whose current reading failed.</param>
    public IReadOnlyList<IdleVerdict> Judge(IReadOnlyList<Instance> instances, ISet<string> unread) => Judge(instances, unread, Recorded(instances));

    /// <summary>Returns the verdicts on instances from the given readings, in the order of the instances.</summary>
    /// <param name="instances">The instances, as listed.</param>
    /// <param name="unread">The ids of the instances whose current reading failed.</param>
    /// <param name="windows">The readings that <see cref="Recorded"/> returned.</param>
    public IReadOnlyList<IdleVerdict> Judge(IReadOnlyList<Instance> instances, ISet<string> unread, IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows)
    {
        // The clock is read after the readings, including those of other processes. A reading in the future then proves that the clock was set back.
        DateTimeOffset now = context.UtcNow;
        ISet<string> wentBack = new HashSet<string>();
        IReadOnlyDictionary<string, ReadingRecord> requests = new Dictionary<string, ReadingRecord>();
        cmdlet.Store.TryUse(store =>
        {
            wentBack = store.History.ClockWentBack(context.Account, rule.HistorySince(now), now + s_outOfOrder);
            requests = store.ReadingRequests.All(context.Account);
        });
        RecordedUnits units = Units();
        List<IdleVerdict> verdicts = instances
            .Select(instance => IdleDecision.Decide(instance, windows.TryGetValue(instance.Id, out IReadOnlyList<Reading>? readings) ? readings : [], rule, now, unread.Contains(instance.Id) || IsSilent(instance), wentBack.Contains(instance.Id), units.Of(instance.Id)))
            .ToList();
        LookFurtherBack(verdicts, windows, now);
        return verdicts;

        // A silent instance is not asked in every run. Its older readings do not prove anything until it answers again.
        bool IsSilent(Instance instance) => requests.TryGetValue(instance.Id, out ReadingRecord? record) && record.Misses > 0;
    }

    /// <summary>Returns the recorded readings that the verdicts on these instances depend on; empty when the history cannot be read.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Reading>> Recorded(IReadOnlyList<Instance> instances)
    {
        DateTimeOffset before = context.UtcNow;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = new Dictionary<string, IReadOnlyList<Reading>>();
        cmdlet.Store.TryUse(store => windows = store.History.Window(context.Account, instances.Select(static one => one.Id).ToList(), rule.HistorySince(before), before + s_future));
        return windows;
    }

    /// <summary>Returns what earlier readings prove about the unit of the server; no evidence when the history cannot be read.</summary>
    public RecordedUnits Units()
    {
        RecordedUnits units = RecordedUnits.None;
        cmdlet.Store.TryUse(store => units = store.History.Units(context.Account, context.UtcNow));
        return units;
    }

    private void RecordMisses(HashSet<string> ids, bool counts)
    {
        if (ids.Count > 0)
            cmdlet.Store.TryUse(store => store.ReadingRequests.RecordMisses(context.Account, ids, counts, context.UtcNow));
    }

    /// <summary>Adds to the verdicts what only older readings show: how long an instance is idle, and whether it works so rarely that more readings are needed.</summary>
    private void LookFurtherBack(IReadOnlyList<IdleVerdict> verdicts, IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows, DateTimeOffset now)
    {
        List<IdleVerdict> unclear = verdicts.Where(verdict => windows.TryGetValue(verdict.Id, out IReadOnlyList<Reading>? readings) && IdleHistory.IsNeeded(verdict, readings, rule)).ToList();
        if (unclear.Count == 0)
            return;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> histories = windows;
        cmdlet.Store.TryUse(store => histories = store.History.Window(context.Account, unclear.Select(static verdict => verdict.Id).ToList(), IdleHistory.Since(rule, now), now + s_outOfOrder));
        foreach (IdleVerdict verdict in unclear)
        {
            if (histories.TryGetValue(verdict.Id, out IReadOnlyList<Reading>? readings))
                IdleHistory.Complete(verdict, readings, rule);
        }
    }
}
