using System;
using System.Collections.Concurrent;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Records which launch of this process has claimed each instance. The store records it too, but its file may be deleted while launches are under way, and then two of them must not return the same instance.</summary>
internal static class ProcessClaims
{
    private static readonly ConcurrentDictionary<(string Account, string Id), Guid> s_claims = new();

    /// <summary>Claims an instance for a launch. Returns false when another launch of this process has claimed it. A claim that the journal shows as given up does not count.</summary>
    public static bool TryTake(string account, string id, Guid intentId, ILaunchJournal journal)
    {
        var holder = s_claims.GetOrAdd((account, id), intentId);
        if (holder == intentId)
            return true;
        try
        {
            return journal.Find(account, holder) is { } other && other.InstanceId != id && s_claims.TryUpdate((account, id), intentId, holder);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Returns true when another launch of this process has claimed the instance.</summary>
    public static bool IsTaken(string account, string id, Guid byOtherThan) => s_claims.TryGetValue((account, id), out var holder) && holder != byOtherThan;
}
