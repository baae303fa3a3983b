using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;

namespace PulseRun.Core.Launch;

/// <summary>Represents what a command knows of a fleet for the check of budgets: a complete list with its notes, and the recorded past.</summary>
/// <param name="Service">The address of the service.</param>
/// <param name="Items">The listed instances, and those of the past that were billed in the month.</param>
/// <param name="Listed">The ids of the listed instances.</param>
/// <param name="At">The time at which the list was requested, by the monotonic clock.</param>
/// <param name="Now">The same time by the clock of the connection.</param>
/// <param name="Zone">The time zone whose days count.</param>
internal sealed record BudgetView(string Service, IReadOnlyList<BudgetItem> Items, ISet<string> Listed, SteadyTime At, DateTimeOffset Now, TimeZoneInfo Zone)
{
    /// <summary>Returns the view without an instance, for the check of the launch that it is the result of.</summary>
    public BudgetView Without(string id) => this with { Items = Items.Where(item => item.Id != id).ToList() };

    /// <summary>Returns the instances and the launches that the list may lack.</summary>
    /// <remarks>A listed instance may have got its note after the notes of the view were read: its launch was answered in between. Then it has the tags and the end of its launch.</remarks>
    /// <param name="launches">The launches of the store that may be billed.</param>
    /// <param name="intentId">The launch that is checked; it is not counted.</param>
    public IEnumerable<BudgetItem> With(IEnumerable<BudgetLaunch> launches, Guid intentId)
    {
        var view = new FleetView(0, default, Listed, At, AllowUnknownPrice: false);
        List<BudgetLaunch> known = launches.ToList();
        var launched = new Dictionary<string, BudgetLaunch>(StringComparer.Ordinal);
        foreach (BudgetLaunch launch in known)
        {
            if (launch.Record.InstanceId is { } id)
                launched[id] = launch;
        }
        IEnumerable<BudgetItem> listed = Items.Select(item => item.Note is null && launched.TryGetValue(item.Id, out BudgetLaunch? own)
            ? item with { Tags = own.Tags, ExpiresAt = own.ExpiresAt }
            : item);
        return listed.Concat(known.Where(launch => launch.Record.IntentId != intentId && view.IsUnlisted(launch.Record)).Select(launch => new BudgetItem
        {
            Tags = launch.Tags,
            IsBilled = true,
            Price = launch.Record.Price ?? launch.Record.MaxHourlyCost,
            ExpiresAt = launch.ExpiresAt,
        }));
    }
}

/// <summary>Represents a launch of the store for the check of budgets: its record and its note.</summary>
/// <param name="Record">The record of the journal.</param>
/// <param name="Tags">The tags of its note.</param>
/// <param name="ExpiresAt">The end of its lifetime; null without one.</param>
internal sealed record BudgetLaunch(LaunchRecord Record, IReadOnlyDictionary<string, string> Tags, DateTimeOffset? ExpiresAt)
{
    /// <summary>Returns the launches that may be billed, each with its note. A launch without a note has no tags and no end; one whose instance is gone is left out.</summary>
    public static List<BudgetLaunch> Join(IEnumerable<LaunchRecord> launches, IEnumerable<LaunchNoteRow> notes)
    {
        var noted = new Dictionary<Guid, LaunchNoteRow>();
        foreach (LaunchNoteRow note in notes)
            noted[note.IntentId] = note;
        var joined = new List<BudgetLaunch>();
        foreach (LaunchRecord launch in launches)
        {
            LaunchNoteRow note = noted.TryGetValue(launch.IntentId, out LaunchNoteRow found) ? found : default;
            if (!note.IsGone)
                joined.Add(new BudgetLaunch(launch, note.Tags is null ? InstanceNote.NoTags : TagSet.FromLines(note.Tags), note.ExpiresAt));
        }
        return joined;
    }
}

/// <summary>Represents the row of a note in a store, as far as the check of budgets needs it.</summary>
/// <param name="IntentId">The launch of the note.</param>
/// <param name="Tags">The tags as the store has them, one a line; null without tags.</param>
/// <param name="ExpiresAt">The end of the lifetime; null without one.</param>
/// <param name="IsGone">True when the instance is known to be gone.</param>
internal readonly record struct LaunchNoteRow(Guid IntentId, string? Tags, DateTimeOffset? ExpiresAt, bool IsGone);
