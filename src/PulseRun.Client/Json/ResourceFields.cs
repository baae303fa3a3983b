using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using PulseRun.Client.Http;
using PulseRun.Core.Text;

namespace PulseRun.Client.Json;

/// <summary>Reads the fields of one object by any of their usual names and in any usual form. What no property takes is kept.</summary>
internal sealed class ResourceFields
{
    private readonly Dictionary<string, object?> _fields;
    private readonly Redactor _redactor;

    public ResourceFields(Dictionary<string, object?> fields, Redactor redactor)
    {
        _fields = new Dictionary<string, object?>(fields, StringComparer.Ordinal);
        _redactor = redactor;
    }

    /// <summary>Returns a text without secrets; null when there is none.</summary>
    public string? Text(params string[] names) => _redactor.ValueOrNull(RawText(names));

    /// <summary>Returns a text as the server sent it, for values that are sent back. It must not be shown.</summary>
    public string? RawText(params string[] names) => Take(names, AsText);

    /// <summary>Returns an address with its query, but without this connection's key.</summary>
    public string? Address(params string[] names) => _redactor.KeepQuery(RawText(names));

    /// <summary>Returns an amount or a price; null when there is none.</summary>
    public decimal? Money(params string[] names) => Take<decimal?>(names, static value => AsNumber(value) is { } money && money is <= LenientJson.MostMoney and >= -LenientJson.MostMoney ? money : null);

    /// <summary>Returns a number of hours that is more than 0 and at most a hundred years; null for anything else.</summary>
    public TimeSpan? Hours(params string[] names) => Take<TimeSpan?>(names, static value => AsNumber(value) is { } hours and > 0 and <= 876_000 ? TimeSpan.FromTicks((long)(hours * TimeSpan.TicksPerHour)) : null);

    public bool? Flag(params string[] names) => Take<bool?>(names, static value => value switch
    {
        bool flag => flag,
        0L => false,
        1L => true,
        string text when bool.TryParse(text, out bool parsed) => parsed,
        _ => null,
    });

    public DateTimeOffset? Date(params string[] names) => Take<DateTimeOffset?>(names, static value => value switch
    {
        string text => LenientJson.Date(text),
        // Some services write times as seconds since 1970.
        long seconds and > 0 and < 253_402_300_800 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => null,
    });

    /// <summary>Returns texts from a list or from one text with commas.</summary>
    public IReadOnlyList<string>? Texts(params string[] names) => Take<IReadOnlyList<string>>(names, value => value switch
    {
        object?[] list => list.Select(AsText).OfType<string>().Select(_redactor.Value).ToList(),
        string text => text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(_redactor.Value).ToList(),
        _ => null,
    });

    /// <summary>Returns a secret, and removes it from what is shown; null when there is none.</summary>
    public SecureString? Secret(params string[] names) => RawText(names) is { Length: > 0 } secret ? SecretText.Of(secret) : null;

    /// <summary>Returns a field of an object in a field, for example the id in <c>instance</c>.</summary>
    public string? Inner(string name, string field) =>
        _fields.TryGetValue(name, out object? value) && value is Dictionary<string, object?> map && map.TryGetValue(field, out object? inner) ? _redactor.ValueOrNull(AsText(inner)) : null;

    /// <summary>Returns a text and keeps its field among the others; null when there is none.</summary>
    public string? Peek(string name) => _fields.TryGetValue(name, out object? value) ? AsText(value) : null;

    /// <summary>Returns all fields that no property took, without secrets.</summary>
    public IReadOnlyDictionary<string, object?> Rest() =>
        _fields.Count == 0 ? PropertyBag.None : PropertyBag.Of((Dictionary<string, object?>)_redactor.Tree(_fields)!);

    /// <summary>Returns a text or a number as text; null for anything else.</summary>
    public static string? AsText(object? value) => value switch
    {
        string text => text,
        long or decimal or double => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static decimal? AsNumber(object? value) => value switch
    {
        long whole => whole,
        decimal exact => exact,
        string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal parsed) => parsed,
        _ => null,
    };

    /// <summary>Returns the first usable value, and removes its field. A value that cannot be used stays among the others.</summary>
    private T? Take<T>(string[] names, Func<object?, T?> convert)
    {
        foreach (string name in names)
        {
            if (!_fields.TryGetValue(name, out object? value))
                continue;
            if (value is null)
            {
                _fields.Remove(name);
                continue;
            }
            if (convert(value) is { } usable)
            {
                _fields.Remove(name);
                return usable;
            }
        }
        return default;
    }
}
