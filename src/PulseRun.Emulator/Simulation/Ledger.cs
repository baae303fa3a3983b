using System;
using System.Collections.Generic;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the prepaid credit and its transactions. The balance is never negative.</summary>
internal sealed class Ledger
{
    public const string TopUp = "credit_topup";
    public const string Charged = "instance_charge";
    public const string Refund = "refund";
    public const string Promotion = "promo_credit";

    public static readonly string[] Types = [TopUp, Charged, Refund, Promotion];

    // With a fast clock, a large fleet is charged a thousand times a second. Remove the oldest rows; the balance stays correct.
    private const int Kept = 10_000;

    private const decimal MostCredit = 1_000_000_000_000m;

    private readonly int _seed;
    private readonly Queue<LedgerEntry> _rows = new();
    private long _count;

    public Ledger(int seed, decimal balance, DateTimeOffset now)
    {
        _seed = seed;
        decimal promotion = Math.Min(5m, balance);
        Book(Promotion, promotion, "Welcome credit", null, now.AddDays(-30));
        if (balance > promotion)
            Book(TopUp, balance - promotion, "Card payment", null, now.AddDays(-2));
    }

    public decimal Balance { get; private set; }

    /// <summary>Gets or sets what is called after each booking: the row is the last one. It must not change the ledger.</summary>
    public Action<LedgerEntry>? Booked { get; set; }

    /// <summary>Gets the transactions, oldest first.</summary>
    public IReadOnlyCollection<LedgerEntry> Rows => _rows;

    public void Charge(string instanceId, decimal amount, string description, DateTimeOffset now) =>
        Book(Charged, -amount, description, instanceId, now);

    public void SetBalance(decimal balance, DateTimeOffset now)
    {
        if (balance < 0)
            throw new ArgumentOutOfRangeException(nameof(balance), balance, "The balance must not be negative.");
        if (balance > MostCredit)
            throw new ArgumentOutOfRangeException(nameof(balance), balance, "The balance must be at most " + MostCredit + ".");
        if (balance > Balance)
            Book(TopUp, balance - Balance, "Card payment", null, now);
        else if (balance < Balance)
            Book(Refund, balance - Balance, "Credit paid back", null, now);
    }

    private void Book(string type, decimal amount, string description, string? instanceId, DateTimeOffset now)
    {
        Balance += amount;
        _count++;
        var row = new LedgerEntry("txn_" + DeterministicRandom.Base36(10, _seed, "transaction", _count), type, amount, Balance, description, instanceId, now);
        _rows.Enqueue(row);
        if (_rows.Count > Kept)
            _rows.Dequeue();
        Booked?.Invoke(row);
    }
}

internal sealed record LedgerEntry(
    string Id, string Type, decimal Amount, decimal BalanceAfter, string Description, string? InstanceId, DateTimeOffset CreatedAt);
