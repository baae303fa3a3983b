using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun;

/// <summary>One line of the account's ledger.</summary>
public sealed class Transaction
{
    /// <summary>The identifier.</summary>
    public string Id { get; init; } = "";

    /// <summary>The kind as the server spells it: <c>credit_topup</c>, <c>instance_charge</c>, <c>refund</c>, <c>promo_credit</c>, or another.</summary>
    public string? Type { get; init; }

    /// <summary>The amount in the account's currency. Charges are negative.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The balance after it.</summary>
    public decimal? BalanceAfter { get; init; }

    /// <summary>What the server says about it.</summary>
    public string? Description { get; init; }

    /// <summary>The instance that was charged for; null on other lines.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whatever else the server sent, by its name there. Keys and tokens in it are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get; init; } = EmptyProperties.Instance;

    /// <summary>The connection it came from. Hidden, so that no formatter or serialiser shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Answers the id, so that a transaction in a string reads well.</summary>
    public override string ToString() => Id;
}

/// <content>The ledger.</content>
internal static partial class ApiPaths
{
    public const string Transactions = "/v1/billing/transactions";
}

/// <content>The ledger.</content>
internal partial interface IPulseRunClient
{
    /// <summary>Reads the ledger, in the server's order.</summary>
    /// <param name="type">Only this kind; null for all.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    Task<IReadOnlyList<Transaction>> GetTransactionsAsync(string? type, ICallObserver observer, CancellationToken cancel);
}
