using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Waiting;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>The instances a cmdlet waits for.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="goal">Where they are waited for.</param>
/// <param name="onWritten">Runs on the pipeline thread with each id whose end of the wait was written; null for nothing.</param>
internal sealed class WaitList(PulseRunCmdlet cmdlet, WaitTarget goal, Action<string>? onWritten = null)
{
    private readonly object _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds an instance to be looked at.</summary>
    public void Add(Context context, string id, string? statusBefore, object source)
    {
        lock (_lock)
            _entries.Add(new Entry(context, new WaitItem(id, statusBefore), source));
    }

    /// <summary>Takes the answer of an act. From any thread.</summary>
    /// <returns>The instance when it is there already; null when it is to be waited for.</returns>
    public Instance? Take(Context context, Instance instance, string? statusBefore, object source)
    {
        var look = new WaitLook { Listed = instance, WasListed = true, Waited = TimeSpan.Zero, StatusBefore = statusBefore };
        if (WaitMachine.Look(goal, look).Progress == WaitProgress.Reached)
            return instance;
        Add(context, instance.Id, statusBefore, source);
        return null;
    }

    /// <summary>Waits for all of them. On the pipeline thread.</summary>
    public void Run(TimeSpan timeout, TimeSpan? interval)
    {
        if (_entries.Count == 0)
            return;
        var terms = new WaitTerms(goal, timeout, interval);
        cmdlet.RunToEnd(
            cancel => Task.WhenAll(_entries.GroupBy(static entry => entry.Context).Select(group =>
            {
                // A launch could answer an id twice only by mistake; waiting once tells both.
                List<Entry> once = group.GroupBy(static entry => entry.Item.Id).Select(static same => same.First()).ToList();
                Dictionary<string, object> sources = once.ToDictionary(static entry => entry.Item.Id, static entry => entry.Source);
                return group.Key.Client.WaitAsync(
                    once.ConvertAll(static entry => entry.Item),
                    terms,
                    reached => cmdlet.PostRows([reached], () => onWritten?.Invoke(reached.Id)),
                    (id, error) => cmdlet.PostError(error, sources[id], () => onWritten?.Invoke(id)),
                    cmdlet.Observer,
                    cancel);
            })),
            target: null);
    }

    private sealed record Entry(Context Context, WaitItem Item, object Source);
}
