using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>
/// What this process has seen of one account's instances: what completion offers from. Fed by every list and every answer that
/// cmdlets get anyway, and bounded, so that a large fleet costs no more than a small one. Holds no key, no address, no token.
/// </summary>
/// <param name="clock">A clock that only goes forward.</param>
internal sealed class CompletionCache(Func<TimeSpan> clock) : IInstanceObserver
{
    /// <summary>So many instances are kept (less than half a megabyte): the first ones of the list.</summary>
    public const int MaxInstances = 2000;

    /// <summary>So many values of each field are kept.</summary>
    public const int MaxValues = 200;

    /// <summary>The time between two requests for completion's sake, and how long a list needs no other.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private static readonly CompletionField[] s_fields = [CompletionField.Status, CompletionField.Gpu, CompletionField.Provider, CompletionField.Region, CompletionField.Template];

    private readonly object _lock = new();
    private readonly Dictionary<CompletionField, HashSet<string>> _values = [];
    private Dictionary<string, CompletionInstance> _instances = new(StringComparer.Ordinal);
    private Task _asking = Task.CompletedTask;
    private TimeSpan? _askedAt;
    private TimeSpan? _listedAt;

    /// <summary>What is known now.</summary>
    public IReadOnlyList<CompletionInstance> Instances
    {
        get
        {
            lock (_lock)
                return _instances.Values.ToList();
        }
    }

    /// <summary>The values seen so far, those of instances that are gone too.</summary>
    public IReadOnlyList<string> Values(CompletionField field)
    {
        lock (_lock)
            return _values.TryGetValue(field, out HashSet<string>? values) ? values.ToList() : [];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_lock)
                return _instances.Keys.ToList();
        }
    }

    /// <inheritdoc/>
    public IListObserver BeginList(bool isOfAll) => new CompletionListing(this, isOfAll);

    /// <inheritdoc/>
    public void Note(Instance instance)
    {
        if (CompletionInstance.Of(instance) is { } seen)
            Keep([seen], isWhole: false);
    }

    /// <summary>Has the fleet asked for when that is due: not while it is being asked for, and not within <see cref="Interval"/> of the last request or list, however they ended.</summary>
    /// <param name="ask">Asks, and never fails. Runs on another thread.</param>
    /// <returns>What is under way, and for how long it has been; a completed task when nothing is.</returns>
    public (Task Asking, TimeSpan Age) AskWhenDue(Func<Task> ask)
    {
        lock (_lock)
        {
            TimeSpan now = clock();
            if (_asking.IsCompleted && IsPast(_askedAt, now) && IsPast(_listedAt, now))
            {
                _askedAt = now;
                _asking = Task.Run(ask);
            }
            return (_asking, now - (_askedAt ?? now));
        }
    }

    /// <summary>Lets go of the instances, not of when was asked.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _instances = new Dictionary<string, CompletionInstance>(StringComparer.Ordinal);
            _values.Clear();
            _listedAt = null;
        }
    }

    internal void Keep(List<CompletionInstance> rows, bool isWhole)
    {
        lock (_lock)
        {
            if (isWhole)
            {
                _instances = new Dictionary<string, CompletionInstance>(rows.Count, StringComparer.Ordinal);
                _listedAt = clock();
            }
            foreach (CompletionInstance row in rows)
            {
                if (_instances.Count < MaxInstances || _instances.ContainsKey(row.Id))
                    _instances[row.Id] = row;
                foreach (CompletionField field in s_fields)
                    KeepValue(field, row.Value(field));
            }
        }
    }

    private void KeepValue(CompletionField field, string? value)
    {
        if (value is null)
            return;
        if (!_values.TryGetValue(field, out HashSet<string>? values))
            _values.Add(field, values = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        if (values.Count < MaxValues)
            values.Add(value);
    }

    private static bool IsPast(TimeSpan? moment, TimeSpan now) => moment is not { } then || now - then >= Interval;
}
