using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Wait;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Waits for the instances of one cmdlet with one list request per poll for all of them together.</summary>
/// <param name="runner">The cmdlet's runner.</param>
/// <param name="goal">The state to wait for.</param>
/// <param name="onWritten">Called on the pipeline thread with each id after its instance or its error was written; null for nothing.</param>
internal sealed class WaitList(CmdletRunner runner, WaitTarget goal, Action<string>? onWritten = null)
{
    private readonly object _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds an instance. Callable from any thread.</summary>
    /// <param name="context">The connection to use.</param>
    /// <param name="id">The id of the instance.</param>
    /// <param name="statusBefore">The state before this command changed it; null when it only waits.</param>
    /// <param name="source">The TargetObject of an error.</param>
    /// <param name="mayBeUnknown">True when the id comes from a person and may name no instance.</param>
    public void Add(Context context, string id, string? statusBefore, object source, bool mayBeUnknown = false)
    {
        lock (_lock)
            _entries.Add(new Entry(context, new WaitItem(id, statusBefore, mayBeUnknown), source));
    }

    /// <summary>Returns the instance when it has reached the goal already. Otherwise adds it and returns null. Callable from any thread.</summary>
    public Instance? Take(Context context, Instance instance, string? statusBefore, object source)
    {
        var observation = new Observation { Listed = instance, WasListed = true, Waited = TimeSpan.Zero, StatusBefore = statusBefore };
        if (WaitMachine.Evaluate(goal, observation).Progress == WaitProgress.Reached)
            return instance;
        Add(context, instance.Id, statusBefore, source);
        return null;
    }

    /// <summary>Returns the instance when it has reached the goal already. Otherwise adds it and returns null. Callable from any thread.</summary>
    /// <param name="target">The instance that the command changed.</param>
    /// <param name="now">The instance as the server returned it.</param>
    public Instance? Take(InstanceTarget target, Instance now) => Take(target.Context, now, target.Known?.Status, target.Source);

    /// <summary>Waits until every instance reached the goal or cannot reach it, on the pipeline thread. Completes the queued work first, because its results are added to the list.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="interval">The time between two polls; null to adapt it.</param>
    public void Run(TimeSpan timeout, TimeSpan? interval)
    {
        runner.FlushQueue();
        if (_entries.Count == 0)
            return;
        var options = new WaitOptions(goal, timeout, interval);
        runner.RunToEnd(
            cancel => Task.WhenAll(_entries.GroupBy(static entry => entry.Context).Select(group =>
            {
                // An id that was added twice is one instance, so it is waited for and written once.
                Dictionary<string, Entry> entries = group.GroupBy(static entry => entry.Item.Id).ToDictionary(static same => same.Key, static same => same.First());
                return Connection.Of(group.Key).Client.WaitAsync(
                    entries.Values.Select(static entry => entry.Item).ToList(),
                    options,
                    reached => runner.PostRows([NotedInstance.Show(group.Key, reached)], () => onWritten?.Invoke(reached.Id)),
                    (id, error) => runner.PostError(error, entries[id].Source, () => onWritten?.Invoke(id)),
                    runner.Observer,
                    cancel);
            })),
            target: null);
    }

    private sealed record Entry(Context Context, WaitItem Item, object Source);
}
