using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace PulseRun.Client.Resources;

/// <summary>Combines a known instance with a partial answer.</summary>
internal static class InstanceMerge
{
    private const InstanceFields Least = InstanceFields.Id | InstanceFields.Status;

    /// <summary>Returns true when the answer contains all fields that are known of the instance; for an instance not seen before, all fields.</summary>
    public static bool IsWhole(Instance? answer, Instance? known)
    {
        if (answer is null)
            return false;
        var wanted = known is null || known.Fields == InstanceFields.None ? InstanceFields.All : known.Fields | Least;
        return (answer.Fields & wanted) == wanted;
    }

    /// <summary>Returns the last known form of an instance that was removed.</summary>
    public static Instance Removed(string id, Instance? known, Instance? answer, Context context)
    {
        var last = known ?? new Instance { Id = id, Origin = context, Fields = Least };
        if (answer is not null)
            last = Over(last, answer);
        return answer?.Status is null ? last.WithStatus(InstanceStatus.Terminated) : last;
    }

    /// <summary>Returns the known instance with the fields of the answer replaced.</summary>
    public static Instance Over(Instance known, Instance answer)
    {
        bool Has(InstanceFields field) => (answer.Fields & field) != 0;
        return new Instance
        {
            Id = known.Id,
            Status = Has(InstanceFields.Status) ? answer.Status : known.Status,
            Gpu = Has(InstanceFields.Gpu) ? answer.Gpu : known.Gpu,
            GpuName = Has(InstanceFields.GpuName) ? answer.GpuName : known.GpuName,
            Provider = Has(InstanceFields.Provider) ? answer.Provider : known.Provider,
            Region = Has(InstanceFields.Region) ? answer.Region : known.Region,
            Ip = Has(InstanceFields.Ip) ? answer.Ip : known.Ip,
            SshCommand = Has(InstanceFields.SshCommand) ? answer.SshCommand : known.SshCommand,
            JupyterUrl = Has(InstanceFields.JupyterUrl) ? answer.GetJupyterUrl() : known.GetJupyterUrl(),
            CostPerHour = Has(InstanceFields.CostPerHour) ? answer.CostPerHour : known.CostPerHour,
            Template = Has(InstanceFields.Template) ? answer.Template : known.Template,
            Spot = Has(InstanceFields.Spot) ? answer.Spot : known.Spot,
            StartedAt = Has(InstanceFields.StartedAt) ? answer.StartedAt : known.StartedAt,
            CreatedAt = Has(InstanceFields.CreatedAt) ? answer.CreatedAt : known.CreatedAt,
            AdditionalProperties = Both(known.AdditionalProperties, answer.AdditionalProperties),
            Origin = answer.Origin,
            Fields = known.Fields | answer.Fields,
        };
    }

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
