using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Budgets;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Removes budgets from the store of this machine. Sends no request.</summary>
[Cmdlet(VerbsCommon.Remove, Nouns.Budget, DefaultParameterSetName = ByTag, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class RemoveBudgetCommand : ConnectedCmdlet
{
    private const string ByTag = nameof(ByTag);

    private readonly HashSet<string> _done = [];

    /// <summary>The tags of the budget. Default: the budget of all instances.</summary>
    [Parameter(ParameterSetName = ByTag, Position = 0)]
    [ValidateNotNull]
    public IDictionary? Tag { get; set; }

    /// <summary>The budget, as Get-PRBudget returns it. All of its limits are removed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public Budget? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        IReadOnlyDictionary<string, string> tags = InputObject?.Tags ?? TagInput.Read(Tag);
        string name = tags.Count == 0 ? "all instances" : TagSet.Of(tags).ToString();
        // A budget with two limits comes as two objects.
        if (!_done.Add(BudgetRule.KeyOf(tags)) || !Prompt.Confirms(name, "Remove budget"))
            return;
        Runner.TryItem((object?)InputObject ?? name, () => Store.Use(store =>
        {
            if (!store.Budgets.Remove(context.Service, tags))
                throw new PulseRunException(ErrorIds.InvalidRequest, "There is no budget of " + CleanText.Clean(name, 200) + ".") { Field = nameof(Tag) };
        }));
    }
}
