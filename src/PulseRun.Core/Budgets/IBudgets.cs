using System;
using System.Collections.Generic;

namespace PulseRun.Core.Budgets;

/// <summary>Stores the budgets of a service, so that a rotated key loses none.</summary>
/// <remarks>The launch journal checks them: Begin compares a launch with them (LaunchRecord.Budgets) in the transaction that records it.</remarks>
internal interface IBudgets
{
    /// <summary>Returns the budgets of a service, in the order of their tags.</summary>
    IReadOnlyList<BudgetRule> All(string service);

    /// <summary>Changes the budget of some tags in one transaction, and returns it. A new one starts without limits.</summary>
    /// <param name="service">The address of the service.</param>
    /// <param name="tags">The tags that identify it.</param>
    /// <param name="change">Returns the changed budget. An exception leaves the store as it was.</param>
    BudgetRule Change(string service, IReadOnlyDictionary<string, string> tags, Func<BudgetRule, BudgetRule> change);

    /// <summary>Removes the budget of some tags. Returns false when there is none.</summary>
    bool Remove(string service, IReadOnlyDictionary<string, string> tags);
}
