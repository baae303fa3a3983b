using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Client;

namespace PulseRun.Client.Tests.Support;

/// <summary>Keeps the ids of all instances that a client received, as the session does.</summary>
internal sealed class SeenInstances : IInstanceObserver, IListObserver
{
    private readonly HashSet<string> _ids = [];

    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_ids)
                return [.. _ids];
        }
    }

    public void Note(Instance instance) => Take([instance]);

    public IListObserver BeginList(bool isOfAll) => this;

    public void Take(IReadOnlyList<Instance> rows)
    {
        lock (_ids)
            _ids.UnionWith(rows.Select(static row => row.Id));
    }

    public void End(bool isComplete)
    {
    }
}
