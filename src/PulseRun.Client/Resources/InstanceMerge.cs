using System.Collections.Generic;
using System.Collections.ObjectModel;
using PulseRun.Client.Json;

namespace PulseRun.Client.Resources;

/// <summary>Combines a known instance with a partial answer.</summary>
internal static class InstanceMerge
{
    private static readonly int s_least = InstanceField.Id.Bit | InstanceField.Status.Bit;

    /// <summary>Returns true when the answer contains all fields that are known of the instance; for an instance not seen before, all fields.</summary>
    public static bool IsWhole(Instance? answer, Instance? known)
    {
        if (answer is null)
            return false;
        var wanted = known is null || known.Fields == 0 ? InstanceField.AllBits : known.Fields | s_least;
        return (answer.Fields & wanted) == wanted;
    }

    /// <summary>Returns the last known form of an instance that was removed.</summary>
    public static Instance Removed(string id, Instance? known, Instance? answer, Context context)
    {
        var last = known ?? new Instance { Id = id, Origin = context, Fields = s_least };
        if (answer is not null)
            last = Over(last, answer);
        return answer?.Status is null ? last.WithStatus(InstanceStatus.Terminated) : last;
    }

    /// <summary>Returns the known instance with the fields of the answer replaced.</summary>
    public static Instance Over(Instance known, Instance answer) => new()
    {
        Noted = known.Noted,
        Values = InstanceField.Merge(known.Values, answer.Values, answer.Fields & ~InstanceField.Id.Bit),
        AdditionalProperties = Both(known.AdditionalProperties, answer.AdditionalProperties),
        Origin = answer.Origin,
        Fields = known.Fields | answer.Fields,
    };

    private static IReadOnlyDictionary<string, object?> Both(IReadOnlyDictionary<string, object?> known, IReadOnlyDictionary<string, object?> answer)
    {
        if (answer.Count == 0)
            return known;
        var both = new Dictionary<string, object?>(answer.Count + known.Count);
        foreach (var pair in known)
            both[pair.Key] = pair.Value;
        foreach (var pair in answer)
            both[pair.Key] = pair.Value;
        return new ReadOnlyDictionary<string, object?>(both);
    }
}
