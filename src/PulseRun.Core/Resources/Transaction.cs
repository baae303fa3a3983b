using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents one transaction of the account.</summary>
public sealed class Transaction
{
    private readonly PropertyBag _additional = PropertyBag.None;

    /// <summary>Gets the id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the kind as the server writes it: <c>credit_topup</c>, <c>instance_charge</c>, <c>refund</c>, <c>promo_credit</c>, or another.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the amount in the account's currency. Charges are negative.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Gets the balance after the transaction.</summary>
    public decimal? BalanceAfter { get; init; }

    /// <summary>Gets the server's description.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the id of the charged instance; null for other transactions.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets the time of the transaction (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the connection that the transaction was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point. For files: <c>Get-PRTransaction | ForEach-Object ToRow | Export-Csv ledger.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}

/// <content>Transactions.</content>
internal static partial class ApiPaths
{
    public const string Transactions = "/v1/billing/transactions";
}

/// <content>Transactions.</content>
internal partial interface IPulseRunClient
{
    /// <summary>Reads the transactions, in the server's order.</summary>
    /// <param name="type">The kind to return; null for all.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task<IReadOnlyList<Transaction>> GetTransactionsAsync(string? type, ICallObserver observer, CancellationToken cancel);
}
