using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Launch;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Budgets;

/// <summary>Reads the table <c>budget</c>, and checks launches inside the transaction of the journal, so that two processes cannot both use the last room of a budget.</summary>
internal static class BudgetRows
{
    public const string Select = "SELECT tags, per_month, per_day, at_limit, contact FROM budget WHERE service = ?1";

    public static List<BudgetRule> Read(Session session, string service)
    {
        var rules = new List<BudgetRule>();
        Statement rows = session.Sql(Select + " ORDER BY tag_key").Bind(service);
        while (rows.Step())
            rules.Add(Rule(rows));
        return rules;
    }

    public static BudgetRule Rule(Statement row) => new()
    {
        Tags = row.TextOrNull(0) is { } lines ? TagSet.FromLines(lines) : InstanceNote.NoTags,
        PerMonth = row.MoneyOrNull(1),
        PerDay = row.MoneyOrNull(2),
        AtLimit = BudgetRule.ActionOf(row.Long(3)),
        Contact = row.TextOrNull(4),
    };

    /// <summary>Returns why a launch has no room in a budget that refuses launches; null when it has.</summary>
    /// <param name="session">The session, in the transaction that records the launch.</param>
    /// <param name="intent">The launch, with its note and the list.</param>
    /// <param name="price">The price of the launch; null when not known.</param>
    public static PulseRunException? Refuse(Session session, LaunchRecord intent, decimal? price)
    {
        if (intent.Budgets is not { } view)
            return null;
        IEnumerable<BudgetRule> rules = Read(session, view.Service).Where(static rule => rule.AtLimit != BudgetLimitAction.Warn);
        return BudgetCheck.Refuse(rules, view.With(Launches(session, view.Service), intent.IntentId).ToList(), BudgetCheck.ItemOf(intent, price), view);
    }

    /// <summary>Returns the launches of a service that are billed or may be, with their notes.</summary>
    public static List<BudgetLaunch> Launches(Session session, string service)
    {
        var notes = new List<LaunchNoteRow>();
        Statement rows = session.Sql("SELECT intent, tags, expires_at, gone_since FROM note WHERE service = ?1 AND intent IS NOT NULL").Bind(service);
        while (rows.Step())
            notes.Add(new LaunchNoteRow(Guid.Parse(rows.Text(0)), rows.TextOrNull(1), rows.TimeOrNull(2), !rows.IsNull(3)));
        return BudgetLaunch.Join(LaunchRows.Read(session.Sql(LaunchRows.SelectBilled).Bind(service)), notes);
    }
}
