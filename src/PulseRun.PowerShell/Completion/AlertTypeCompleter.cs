using System.Collections.Generic;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the documented kinds of alerts.</summary>
internal sealed class AlertTypeCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) =>
        [(Alert.BudgetLimit, "spending above an amount"), (Alert.PriceDrop, "a GPU below a price")];
}
