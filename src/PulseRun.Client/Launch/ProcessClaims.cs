using System;
using System.Collections.Concurrent;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Which launch of this process has which instance. The store has it too, but its file may be deleted while launches are on their way, and two of them must not end with one instance then.</summary>
internal static class ProcessClaims
{
    private static readonly ConcurrentDictionary<(string Account, string Id), Guid> s_claims = new();

    /// <summary>Claims an instance for a launch; false when another launch of this process has it. A claim that the journal knows to be given back counts no more.</summary>
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

    /// <summary>True when another launch of this process has the instance.</summary>
    public static bool IsTaken(string account, string id, Guid byOtherThan) => s_claims.TryGetValue((account, id), out var holder) && holder != byOtherThan;
}
