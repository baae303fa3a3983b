using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Core.Client;
using Refit;

namespace PulseRun.Client;

/// <content>The balance and the transactions.</content>
internal static partial class Operations
{
    public static readonly Operation Balance = new("GET", ApiPaths.Balance, "Reading the balance", ErrorIds.InvalidRequest, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: true);

    public static readonly Operation Transactions = new("GET", ApiPaths.Transactions, "Reading the transactions", ErrorIds.InvalidRequest, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: true);
}

/// <content>The balance and the transactions.</content>
internal sealed partial class PulseRunClient
{
    private IBillingApi? _billing;

    private IBillingApi Billing => _billing ??= Typed<IBillingApi>(BillingJson.Default);

    public async Task<AccountBalance> GetBalanceAsync(ICallObserver observer, CancellationToken cancel)
    {
        var request = _executor.NewCall(Operations.Balance, null, observer, cancel);
        var answer = await _executor.RunAsync(request, attempt => Billing.Balance(attempt, attempt.Token));
        return new AccountBalance
        {
            Balance = answer.Balance ?? throw Failures.Malformed(request, "there is no balance in the answer").Error,
            Currency = _redactor.ValueOrNull(answer.Currency),
            Origin = _context,
        };
    }

    public async Task<IReadOnlyList<Transaction>> GetTransactionsAsync(string? type, ICallObserver observer, CancellationToken cancel)
    {
        var ledger = new List<Transaction>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var trail = new PageTrail("transactions");
        string? cursor = null;
        bool hasNext;
        do
        {
            string? from = cursor;
            var request = trail.Begin(_executor.NewCall(Operations.Transactions, null, observer, cancel));
            var page = await _executor.RunAsync(request, attempt => Billing.Transactions(type, from, attempt, attempt.Token));
            var rows = page.Data ?? throw Failures.Malformed(request, "there is no list in the answer").Error;
            // A row can move to the next page while the pages are read; do not count it twice.
            ledger.AddRange(rows.Where(row => row is not null && (trail.IsFirst || row.Id is null or "" || !known.Contains(row.Id))).Select(row => Read(row!)));
            known.UnionWith(rows.Where(static row => row?.Id is not null).Select(static row => row!.Id!));
            cursor = page.NextCursor is "" ? null : page.NextCursor;
            hasNext = trail.Follow(request, ledger.Count, cursor);
        }
        while (hasNext);
        return ledger;
    }

    private Transaction Read(TransactionJson row) => new()
    {
        Id = _redactor.ValueOrNull(row.Id) ?? "",
        Type = _redactor.ValueOrNull(row.Type),
        Amount = row.Amount,
        BalanceAfter = row.BalanceAfter,
        Description = _redactor.ValueOrNull(row.Description),
        InstanceId = _redactor.ValueOrNull(row.InstanceId),
        CreatedAt = row.CreatedAt,
        AdditionalProperties = JsonRest.Read(row.Rest, _redactor),
        Origin = _context,
    };
}

/// <summary>Declares the endpoints of billing.</summary>
internal interface IBillingApi
{
    [Get(ApiPaths.Balance)]
    Task<BalanceJson> Balance([Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Transactions)]
    Task<LedgerJson> Transactions(string? type, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}

/// <summary>Represents the JSON of the balance.</summary>
internal sealed class BalanceJson
{
    [JsonConverter(typeof(LenientMoney))]
    public decimal? Balance { get; set; }

    [JsonConverter(typeof(LenientText))]
    public string? Currency { get; set; }
}

/// <summary>Represents the JSON of one page of transactions.</summary>
internal sealed class LedgerJson
{
    [JsonConverter(typeof(LenientList<TransactionJson>))]
    public List<TransactionJson?>? Data { get; set; }

    [JsonConverter(typeof(LenientText))]
    public string? NextCursor { get; set; }
}

/// <summary>Represents the JSON of one transaction.</summary>
internal sealed class TransactionJson
{
    [JsonConverter(typeof(LenientText))]
    public string? Id { get; set; }

    [JsonConverter(typeof(LenientText))]
    public string? Type { get; set; }

    [JsonConverter(typeof(LenientMoney))]
    public decimal? Amount { get; set; }

    [JsonConverter(typeof(LenientMoney))]
    public decimal? BalanceAfter { get; set; }

    [JsonConverter(typeof(LenientText))]
    public string? Description { get; set; }

    [JsonConverter(typeof(LenientText))]
    public string? InstanceId { get; set; }

    [JsonConverter(typeof(LenientDate))]
    public DateTimeOffset? CreatedAt { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}

/// <summary>Contains the generated code that deserializes the answers of billing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = JsonLimits.Depth)]
[JsonSerializable(typeof(BalanceJson))]
[JsonSerializable(typeof(LedgerJson))]
internal sealed partial class BillingJson : JsonSerializerContext;
