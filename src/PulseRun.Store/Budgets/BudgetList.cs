using System;
using System.Collections.Generic;
using PulseRun.Core.Budgets;
using PulseRun.Store.Sqlite;

namespace PulseRun.Store.Budgets;

/// <summary>Stores the budgets in the database. Writes are durable, because the next launch would exceed a limit that a power failure had undone.</summary>
internal sealed class BudgetList(Database database) : IBudgets
{
    private const string Upsert = """
        INSERT INTO budget (service, tag_key, tags, per_month, per_day, at_limit, contact) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET tags = excluded.tags, per_month = excluded.per_month, per_day = excluded.per_day, at_limit = excluded.at_limit, contact = excluded.contact
        """;

    public IReadOnlyList<BudgetRule> All(string service) => database.Read(session => BudgetRows.Read(session, service));

    public BudgetRule Change(string service, IReadOnlyDictionary<string, string> tags, Func<BudgetRule, BudgetRule> change) => database.WriteDurably(session =>
    {
        string key = BudgetRule.KeyOf(tags);
        Statement row = session.Sql(BudgetRows.Select + " AND tag_key = ?2").Bind(service, key);
        BudgetRule old = row.Step() ? BudgetRows.Rule(row) : new BudgetRule { Tags = tags };
        row.Reset();
        BudgetRule rule = change(old);
        session.Sql(Upsert).Run(service, key, rule.Tags.Count == 0 ? null : Core.Text.TagSet.ToLines(rule.Tags), rule.PerMonth, rule.PerDay, (int)rule.AtLimit, rule.Contact);
        return rule;
    });

    public bool Remove(string service, IReadOnlyDictionary<string, string> tags) =>
        database.WriteDurably(session => session.Sql("DELETE FROM budget WHERE service = ?1 AND tag_key = ?2").Run(service, BudgetRule.KeyOf(tags))) > 0;
}
