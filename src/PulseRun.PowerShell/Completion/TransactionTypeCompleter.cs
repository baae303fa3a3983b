using System.Collections.Generic;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the documented types of the lines of the ledger.</summary>
internal sealed class TransactionTypeCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) =>
    [
        ("credit_topup", "credit that was bought"),
        ("instance_charge", "charge for an instance"),
        ("promo_credit", "credit that was given"),
        ("refund", "credit that was refunded"),
    ];
}
