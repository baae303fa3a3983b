using System;
using System.Collections.Generic;
using PulseRun.Core.Budgets;
using PulseRun.Core.Text;
using PulseRun.Store.Postgres.Connection;

namespace PulseRun.Store.Postgres.Budgets;

/// <summary>Stores the budgets for all hosts.</summary>
internal sealed class BudgetList(Database database) : IBudgets
{
    private const string Upsert = """
        INSERT INTO pulserun.budget (service, tag_key, tags, per_month, per_day, at_limit, contact) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (service, tag_key) DO UPDATE SET tags = excluded.tags, per_month = excluded.per_month, per_day = excluded.per_day, at_limit = excluded.at_limit, contact = excluded.contact
        """;

    public IReadOnlyList<BudgetRule> All(string service) => database.Read(session => BudgetRows.Read(session, service));

    public BudgetRule Change(string service, IReadOnlyDictionary<string, string> tags, Func<BudgetRule, BudgetRule> change) => database.Write(session =>
    {
        string key = BudgetRule.KeyOf(tags);
        BudgetRows.Lock(session, service);
        List<BudgetRule> found = session.All(BudgetRows.Select + " AND tag_key = $2", BudgetRows.Rule, service, key);
        BudgetRule rule = change(found.Count > 0 ? found[0] : new BudgetRule { Tags = tags });
        session.Run(Upsert, service, key, rule.Tags.Count == 0 ? null : TagSet.ToLines(rule.Tags), rule.PerMonth, rule.PerDay, (int)rule.AtLimit, rule.Contact);
        return rule;
    });

    public bool Remove(string service, IReadOnlyDictionary<string, string> tags) =>
        database.Write(session => session.Run("DELETE FROM pulserun.budget WHERE service = $1 AND tag_key = $2", service, BudgetRule.KeyOf(tags))) > 0;
}
