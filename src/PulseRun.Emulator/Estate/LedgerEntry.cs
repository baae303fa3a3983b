using System;

namespace PulseRun.Emulation.Estate;

internal sealed record LedgerEntry(
    string Id, string Type, decimal Amount, decimal BalanceAfter, string Description, string? InstanceId, DateTimeOffset CreatedAt);
