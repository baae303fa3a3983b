using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Budgets;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;
using PulseRun.Store.Postgres.Connection;
using PulseRun.Store.Postgres.Launch;
using Row = PulseRun.Store.Postgres.Connection.Row;

namespace PulseRun.Store.Postgres.Budgets;

/// <summary>Reads the table <c>budget</c>, and checks launches inside the transaction of the journal, so that two hosts cannot both use the last room of a budget.</summary>
internal static class BudgetRows
{
    public const string Select = "SELECT tags, per_month, per_day, at_limit, contact FROM pulserun.budget WHERE service = $1";

    /// <summary>Waits until no other transaction compares a launch of the service with its budgets, because budgets hold for all accounts of a service. It ends with the transaction.</summary>
    public static void Lock(Session session, string service) => session.Run("SELECT pg_advisory_xact_lock($1, hashtext($2))", (int)AccountLock.Budgets, service);

    public static List<BudgetRule> Read(Session session, string service) => session.All(Select + " ORDER BY tag_key", Rule, service);

    public static BudgetRule Rule(Row row) => new()
    {
        Tags = row.TextOrNull(0) is { } lines ? TagSet.FromLines(lines) : InstanceNote.NoTags,
        PerMonth = row.MoneyOrNull(1),
        PerDay = row.MoneyOrNull(2),
        AtLimit = BudgetRule.ActionOf(row.Int(3)),
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
        Lock(session, view.Service);
        IEnumerable<BudgetRule> rules = Read(session, view.Service).Where(static rule => rule.AtLimit != BudgetLimitAction.Warn);
        return BudgetCheck.Refuse(rules, view.With(Launches(session, view.Service), intent.IntentId).ToList(), BudgetCheck.ItemOf(intent, price), view);
    }

    /// <summary>Returns the launches of a service that are billed or may be, with their notes.</summary>
    public static List<BudgetLaunch> Launches(Session session, string service)
    {
        List<LaunchNoteRow> notes = session.All("SELECT intent, tags, expires_at, gone_since IS NOT NULL FROM pulserun.note WHERE service = $1 AND intent IS NOT NULL",
            static row => new LaunchNoteRow(row.Id(0), row.TextOrNull(1), row.TimeOrNull(2), row.Flag(3)), service);
        return BudgetLaunch.Join(LaunchRows.Read(session, LaunchRows.SelectBilled, service), notes);
    }
}
