using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cost;
using PulseRun.Core.History;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Budgets;

/// <summary>Joins the list, the recorded states and the notes of a fleet.</summary>
internal static class BudgetItems
{
    /// <summary>Returns the instances that are listed or were billed since a time.</summary>
    /// <param name="fleet">The listed instances.</param>
    /// <param name="states">The recorded states, by instance and in time order.</param>
    /// <param name="notes">The notes, also of instances that are gone.</param>
    /// <param name="since">The earliest time that counts.</param>
    /// <param name="now">The present time.</param>
    public static IReadOnlyList<BudgetItem> Of(IReadOnlyList<Instance> fleet, IReadOnlyList<RecordedState> states, IEnumerable<InstanceNote> notes, DateTimeOffset since, DateTimeOffset now)
    {
        var noted = new Dictionary<string, InstanceNote>(StringComparer.Ordinal);
        foreach (InstanceNote note in notes)
            noted[note.Id] = note;
        var listed = new Dictionary<string, Instance>(StringComparer.Ordinal);
        foreach (Instance instance in fleet)
            listed[instance.Id] = instance;
        ILookup<string, RecordedState> seen = states.ToLookup(static state => state.Id, StringComparer.Ordinal);
        var items = new List<BudgetItem>();
        foreach (string id in listed.Keys.Concat(seen.Select(static one => one.Key)).Distinct(StringComparer.Ordinal))
        {
            Instance? instance = listed.TryGetValue(id, out Instance? found) ? found : null;
            InstanceNote? note = noted.TryGetValue(id, out InstanceNote? known) ? known : null;
            IReadOnlyList<BurnStretch> billed = BurnStretches.Of(seen[id].ToList(), instance, since, now);
            if (instance is null && billed.Count == 0)
                continue;
            items.Add(new BudgetItem
            {
                Id = id,
                Tags = note?.Tags ?? InstanceNote.NoTags,
                Note = note,
                Billed = billed,
                IsBilled = instance is not null && InstanceStatus.IsBurning(instance.Status),
                Price = BurnStretches.IsPrice(instance?.CostPerHour) ? instance!.CostPerHour : null,
                ExpiresAt = note?.ExpiresAt,
            });
        }
        return items;
    }
}
