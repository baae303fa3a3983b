using System;
using System.Collections.Concurrent;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Records which launch of this process has claimed which instance. The store records it too, but its file can be deleted while launches are under way, and even then two of them must not end with one instance.</summary>
internal sealed class ProcessClaims
{
    private readonly ConcurrentDictionary<(string Account, string Id), Guid> _claims = new();

    /// <summary>The claims of this process.</summary>
    public static ProcessClaims Shared { get; } = new();

    /// <summary>Claims an instance for a launch; false when another launch of this process has it. A claim that the journal knows to be given back counts no more.</summary>
    public bool TryTake(string account, string id, Guid intentId, ILaunchJournal journal)
    {
        var holder = _claims.GetOrAdd((account, id), intentId);
        if (holder == intentId)
            return true;
        try
        {
            return journal.Find(account, holder) is { } other && other.InstanceId != id && _claims.TryUpdate((account, id), intentId, holder);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Returns the launch of this process that has the instance, or tried to have it; null for none.</summary>
    public Guid? HolderOf(string account, string id) => _claims.TryGetValue((account, id), out var holder) ? holder : null;
}
