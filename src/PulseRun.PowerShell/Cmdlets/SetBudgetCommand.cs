using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Budgets;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Sets a budget for the instances with some tags, or for all instances, in the store of this machine. What is not given stays as it is. Sends no request.</summary>
[Cmdlet(VerbsCommon.Set, Nouns.Budget, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SetBudgetCommand : ConnectedCmdlet
{
    /// <summary>The tags that an instance must have to count, all of them, for example <c>@{ team = 'nlp' }</c>. Keys are compared without case, values with case. Default: the budget of all instances.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    public IDictionary? Tag { get; set; }

    /// <summary>The limit per month of the local time zone, in dollars (0 or more). A null value removes the limit.</summary>
    [Parameter]
    [Amount]
    public decimal? PerMonth { get; set; }

    /// <summary>The limit per day of the local time zone, in dollars (0 or more). A null value removes the limit.</summary>
    [Parameter]
    [Amount]
    public decimal? PerDay { get; set; }

    /// <summary>The effect of a launch without room: Warn (default of a new budget) launches and warns, RefuseLaunch launches nothing (error BudgetExceeded), and Stop does that and lets Invoke-PRCleanup -EnforceBudgets stop instances when more than the limit is spent.</summary>
    [Parameter]
    public BudgetLimitAction AtLimit { get; set; }

    /// <summary>Whom the error names for more. Default for a new budget: this user and this machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 256)]
    public string? Contact { get; set; }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        Context context = CurrentContext();
        IReadOnlyDictionary<string, string> tags = TagInput.Read(Tag);
        var given = MyInvocation.BoundParameters;
        string name = tags.Count == 0 ? "all instances" : Core.Text.TagSet.Of(tags).ToString();
        if (!Prompt.Confirms(name, "Set budget"))
            return;
        Runner.TryItem(context.BaseUri, () => Store.Use(store => store.Budgets.Change(context.Service, tags, old =>
        {
            BudgetRule changed = Changed(old);
            return changed.Check() is { } refusal ? throw refusal : changed;
        })));

        BudgetRule Changed(BudgetRule old) => old with
        {
            PerMonth = given.ContainsKey(nameof(PerMonth)) ? PerMonth : old.PerMonth,
            PerDay = given.ContainsKey(nameof(PerDay)) ? PerDay : old.PerDay,
            AtLimit = given.ContainsKey(nameof(AtLimit)) ? AtLimit : old.AtLimit,
            Contact = Contact ?? old.Contact ?? CurrentUser.Name,
        };
    }
}
