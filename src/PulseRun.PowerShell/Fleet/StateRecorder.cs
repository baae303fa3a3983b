using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Records the states that acts of one command lead to, for the costs by tag and the budgets: without them, the cost of an instance that no cleanup has seen would be unknown once it is gone. Callable from any thread.</summary>
/// <param name="cmdlet">The cmdlet, for its store.</param>
internal sealed class StateRecorder(ConnectedCmdlet cmdlet)
{
    /// <summary>Limits the time for which states are collected. All states of a batch get one time, so it is well below the minute in which the service bills.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly Stopwatch _age = new();
    private List<(Context Context, Instance? Before, Instance Now)> _pending = [];
    private bool _hasStore;

    /// <summary>Takes the result of an act.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="before">The instance as it was listed before the act; null when not known.</param>
    /// <param name="now">The instance after the act.</param>
    public void Add(Context context, Instance? before, Instance now)
    {
        lock (_lock)
        {
            if (!_age.IsRunning)
            {
                // A machine without a store has neither notes nor budgets, and recording must not create one. Looked up once for each batch, because it is a call of the system.
                _hasStore = Stores.Exists;
                _age.Restart();
            }
            if (_hasStore)
                _pending.Add((context, before, now));
            if (_age.Elapsed < s_longest)
                return;
        }
        Flush();
    }

    /// <summary>Writes what was collected. Called at the end of the command, and in between when it takes long.</summary>
    public void Flush()
    {
        List<(Context Context, Instance? Before, Instance Now)> batch;
        lock (_lock)
        {
            batch = _pending;
            _pending = [];
            _age.Reset();
        }
        if (batch.Count == 0)
            return;
        foreach (var acts in batch.GroupBy(static act => act.Context))
        {
            DateTimeOffset now = acts.Key.UtcNow;
            List<Instance> before = acts.Where(static act => act.Before is { } was && InstanceStatus.IsBurning(was.Status)).Select(static act => act.Before!).ToList();
            cmdlet.Store.TryUse(store =>
            {
                // A listed instance that was billed has been billed until the act. The two states have different times, because one time has one state.
                if (before.Count > 0)
                    store.History.RecordStates(acts.Key.Account, before, complete: false, now.AddMilliseconds(-1));
                store.History.RecordStates(acts.Key.Account, acts.Select(static act => act.Now).ToList(), complete: false, now);
            });
        }
    }
}
