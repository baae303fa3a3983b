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

/// <summary>Reads instances, writes the readings down, and judges by all that is known. What idle means is decided in Core.</summary>
internal sealed class IdleSampler(ConnectedCmdlet cmdlet, Context context, IdleRule rule, int throttle)
{
    /// <summary>A clock that is set back meets its own past: the readings that lie ahead of it tell. Whether there are any further ahead, the history says without reading them.</summary>
    private static readonly TimeSpan s_future = TimeSpan.FromDays(1);

    /// <summary>Another process may record between the moment and the question.</summary>
    private static readonly TimeSpan s_outOfOrder = TimeSpan.FromSeconds(2);

    private readonly Random _random = new();

    /// <summary>True when the states of the last list were written down.</summary>
    public bool StatesAreRecorded { get; private set; }

    /// <summary>Lists the whole fleet, and writes the states down.</summary>
    public async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        await Connection.Of(context).Client.ListAsync(null, fleet.AddRange, cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
        DateTimeOffset now = context.UtcNow;
        StatesAreRecorded = cmdlet.Store.TryUse(store => store.History.RecordStates(context.Account, fleet, complete: true, now));
        return fleet;
    }

    /// <summary>Takes a reading of each, and writes them down together.</summary>
    /// <param name="instances">Which; only running ones have metrics.</param>
    /// <param name="jitter">Each reading is put off by a random part of this, so that readings do not beat in step with a load.</param>
    /// <param name="window">Started when a reading is sent, where an act is to follow it; else null.</param>
    /// <param name="cancel">Ends the sweep.</param>
    /// <returns>The ids of those whose reading did not come, or could not be recorded.</returns>
    public async Task<HashSet<string>> ReadAsync(IReadOnlyList<Instance> instances, TimeSpan jitter, ActWindow? window, CancellationToken cancel)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new ReadingBuffer(Record);
        using var room = new SemaphoreSlim(throttle);
        await Task.WhenAll(instances.Select(instance => ReadOneAsync(instance, Delay(jitter)))).ConfigureAwait(false);
        buffer.Flush();
        return failed;

        void Record(IReadOnlyList<InstanceMetrics> batch)
        {
            if (cmdlet.Store.TryUse(store => store.History.RecordReadings(context.Account, batch, context.UtcNow)))
                return;
            // Judged is what is recorded: without this reading, a busy one perhaps, the older ones must not decide.
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
                buffer.Add(window is null
                    ? await Connection.Of(context).Client.GetMetricsAsync(instance.Id, cmdlet.Runner.Observer, cancel).ConfigureAwait(false)
                    : await Connection.Of(context).Client.GetMetricsAsync(instance.Id, window, cmdlet.Runner.Observer, cancel).ConfigureAwait(false));
            }
            catch (PulseRunException error) when (!cmdlet.IsFatal(error))
            {
                // No reading is no error here: the verdict says that it is unknown, and why.
                cmdlet.Runner.Observer.Verbose("No metrics of " + instance.Id + ": " + error.Message);
                lock (failed)
                    failed.Add(instance.Id);
            }
            finally
            {
                room.Release();
            }
        }
    }

    /// <summary>Judges instances by the recorded readings, in their order.</summary>
    /// <param name="instances">As listed.</param>
    /// <param name="unread">Those whose reading was just asked for and did not come.</param>
    public IReadOnlyList<IdleVerdict> Judge(IReadOnlyList<Instance> instances, ISet<string> unread) => Judge(instances, unread, Recorded(instances));

    /// <summary>Judges instances by these readings, in their order.</summary>
    /// <param name="instances">As listed.</param>
    /// <param name="unread">Those whose reading was just asked for and did not come.</param>
    /// <param name="windows">What <see cref="Recorded"/> answered.</param>
    public IReadOnlyList<IdleVerdict> Judge(IReadOnlyList<Instance> instances, ISet<string> unread, IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows)
    {
        // Taken after what is judged was read, readings of other processes included: none of them is in the future then, unless the clock was set back.
        DateTimeOffset now = context.UtcNow;
        ISet<string> wentBack = new HashSet<string>();
        cmdlet.Store.TryUse(store => wentBack = store.History.ClockWentBack(context.Account, rule.HistorySince(now), now + s_outOfOrder));
        return instances
            .Select(instance => IdleDecision.Decide(instance, windows.TryGetValue(instance.Id, out IReadOnlyList<Reading>? readings) ? readings : [], rule, now, unread.Contains(instance.Id), wentBack.Contains(instance.Id)))
            .ToList();
    }

    /// <summary>The recorded readings that matter to the verdicts on these instances; empty when there is no history to read.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Reading>> Recorded(IReadOnlyList<Instance> instances)
    {
        DateTimeOffset before = context.UtcNow;
        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = new Dictionary<string, IReadOnlyList<Reading>>();
        cmdlet.Store.TryUse(store => windows = store.History.Window(context.Account, instances.Select(static one => one.Id).ToList(), rule.HistorySince(before), before + s_future));
        return windows;
    }

    private TimeSpan Delay(TimeSpan jitter)
    {
        lock (_random)
            return new TimeSpan((long)(jitter.Ticks * _random.NextDouble()));
    }
}
