using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>
/// Caches what this process has seen of one account's instances, for completion. It is filled from lists and answers that
/// cmdlets receive anyway, and it is bounded, so that a large fleet costs no more than a small one. It holds no key, address or token.
/// </summary>
/// <param name="clock">A clock that only goes forward.</param>
internal sealed class CompletionCache(Func<TimeSpan> clock) : IInstanceObserver
{
    /// <summary>The number of instances kept: the first ones of the list, less than half a megabyte.</summary>
    public const int MaxInstances = 2000;

    /// <summary>The number of values kept for each field.</summary>
    public const int MaxValues = 200;

    /// <summary>The shortest time between two requests for completion (docs/dev/design.md), and the time for which a list counts as fresh.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private const int Fields = (int)CompletionField.Template + 1;

    private readonly object _lock = new();
    // The values are an array by field, because a dictionary with an enum as its key would be compiled at the first call.
    private readonly HashSet<string>?[] _values = new HashSet<string>?[Fields];
    private Dictionary<string, CompletionInstance> _instances = new(StringComparer.Ordinal);
    private Task _asking = Task.CompletedTask;
    private TimeSpan? _askedAt;
    private TimeSpan? _listedAt;

    /// <summary>Returns the instances known now.</summary>
    public IReadOnlyList<CompletionInstance> Instances
    {
        get
        {
            lock (_lock)
                return _instances.Values.ToList();
        }
    }

    /// <summary>True when a whole list was seen.</summary>
    public bool HasList
    {
        get
        {
            lock (_lock)
                return _listedAt is not null;
        }
    }

    /// <summary>Returns the values seen so far, including those of instances that no longer exist.</summary>
    public IReadOnlyList<string> Values(CompletionField field)
    {
        lock (_lock)
            return _values[(int)field]?.ToList() ?? [];
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
        {
            lock (_lock)
                Keep(seen);
        }
    }

    /// <summary>Starts a request for the fleet when it is due: none is in progress, and the last request or list was more than <see cref="Interval"/> ago, successful or not.</summary>
    /// <param name="ask">Sends the request; must not fail. Runs on another thread.</param>
    /// <returns>The request in progress and its age; a completed task when there is none.</returns>
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

    /// <summary>Removes the instances and values, but keeps the time of the last request.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _instances = new Dictionary<string, CompletionInstance>(StringComparer.Ordinal);
            Array.Clear(_values, 0, Fields);
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
                Keep(row);
        }
    }

    private void Keep(CompletionInstance row)
    {
        if (_instances.Count < MaxInstances || _instances.ContainsKey(row.Id))
            _instances[row.Id] = row;
        for (int field = 0; field < Fields; field++)
        {
            if (row.Value((CompletionField)field) is not { } value)
                continue;
            HashSet<string> values = _values[field] ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            if (values.Count < MaxValues)
                values.Add(value);
        }
    }

    private static bool IsPast(TimeSpan? moment, TimeSpan now) => moment is not { } then || now - then >= Interval;
}
