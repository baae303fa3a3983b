using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class RemoveBudgetTests : CmdletTests
{
    public RemoveBudgetTests() => StartEmulator(instances: 0);

    [Fact]
    public void A_budget_is_removed_by_tags_or_by_the_pipeline()
    {
        Do("Set-PRBudget -PerMonth 5 -PerDay 1; Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth 5 -PerDay 1");
        Do("Get-PRBudget -Tag @{ team = 'nlp' } | Remove-PRBudget -Confirm:$false");
        Assert.Equal(["", ""], GetAll<Budget>("Get-PRBudget").Select(static one => one.Tag));
        Do("Remove-PRBudget -Confirm:$false");
        Assert.Empty(Do("Get-PRBudget").Output);
    }
}
