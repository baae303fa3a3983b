using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using PulseRun.Client.Redaction;

namespace PulseRun.Client.Wire;

/// <summary>Makes the balance and the ledger of what came (api.md section 4).</summary>
internal static class BillingReader
{
    /// <exception cref="JsonException">There is no balance in it.</exception>
    public static AccountBalance Balance(Dictionary<string, object?> answer, Context origin, Redactor redactor) => new()
    {
        Balance = Money(Take(answer, "balance")) ?? throw new JsonException("There is no balance in the answer."),
        Currency = Text(Take(answer, "currency"), redactor),
        Origin = origin,
    };

    /// <summary>One page of the ledger, and where the next one is; null when there is none.</summary>
    /// <exception cref="JsonException">There is no ledger in it.</exception>
    public static (IReadOnlyList<Transaction> Lines, string? NextCursor) Page(Dictionary<string, object?> answer, Context origin, Redactor redactor)
    {
        if (!answer.TryGetValue("data", out object? data) || data is not object?[] rows)
            throw new JsonException("There is no list in the answer.");
        var lines = new List<Transaction>(rows.Length);
        foreach (object? row in rows)
        {
            if (row is Dictionary<string, object?> fields)
                lines.Add(Line(new Dictionary<string, object?>(fields, StringComparer.Ordinal), origin, redactor));
        }
        string? cursor = answer.TryGetValue("next_cursor", out object? next) ? Convert.ToString(next, CultureInfo.InvariantCulture) : null;
        return (lines, string.IsNullOrEmpty(cursor) ? null : cursor);
    }

    private static Transaction Line(Dictionary<string, object?> fields, Context origin, Redactor redactor) => new()
    {
        Id = Text(Take(fields, "id"), redactor) ?? "",
        Type = Text(Take(fields, "type"), redactor),
        Amount = Money(Take(fields, "amount")),
        BalanceAfter = Money(Take(fields, "balance_after")),
        Description = Text(Take(fields, "description"), redactor),
        InstanceId = Text(Take(fields, "instance_id"), redactor),
        CreatedAt = Take(fields, "created_at") is string date ? Loose.Date(date) : null,
        AdditionalProperties = fields.Count == 0
            ? EmptyProperties.Instance
            : new ReadOnlyDictionary<string, object?>((Dictionary<string, object?>)redactor.Tree(fields)!),
        Origin = origin,
    };

    private static object? Take(Dictionary<string, object?> from, string name)
    {
        if (!from.TryGetValue(name, out object? value))
            return null;
        from.Remove(name);
        return value;
    }

    private static string? Text(object? value, Redactor redactor) =>
        value is null ? null : redactor.Value(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    private static decimal? Money(object? value)
    {
        decimal? money = value switch
        {
            long whole => whole,
            decimal exact => exact,
            double rough when Math.Abs(rough) < 1e15 => (decimal)rough,
            string text when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal parsed) => parsed,
            _ => null,
        };
        return money is <= Loose.MostMoney and >= -Loose.MostMoney ? money : null;
    }
}
