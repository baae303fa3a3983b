using System.Collections.Generic;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the documented kinds of a ledger's lines.</summary>
internal sealed class TransactionTypeCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) =>
    [
        ("credit_topup", "credit that was bought"),
        ("instance_charge", "what an instance cost"),
        ("promo_credit", "credit that was given"),
        ("refund", "credit that was given back"),
    ];
}
