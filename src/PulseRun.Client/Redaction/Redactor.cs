using System;
using System.Collections.Generic;
using System.Security;
using System.Text.RegularExpressions;
using PulseRun.Rules;

namespace PulseRun.Client.Redaction;

/// <summary>Masks what must not be seen: this connection's key, anything of a key's or a token's form, and token-like query values.</summary>
internal sealed class Redactor : IDisposable
{
    public const string Mask = "[redacted]";

    /// <summary>No secret is shorter, and most values of a list are.</summary>
    private const int ShortestSecret = 8;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);
    private static readonly Regex s_forms = new(
        @"pr_(?:live|test)_[A-Za-z0-9_\-]+|eyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)*|(?<=\b[Bb]earer(?:\s|%20|\+)+)[^\s""',;]+",
        RegexOptions.CultureInvariant,
        s_limit);

    private static readonly Regex s_queryValues = new(
        @"(?<=[?&;](?:[A-Za-z0-9_\-]*(?:token|secret|password|signature|apikey|api_key)|key|auth|sig|code)=)[^&\s""'#;]+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        s_limit);

    private static readonly Regex s_queries = new(
        @"(?<=\bhttps?:(?://|\\/\\/)[^\s""'<>?#]*\?)[^\s""'<>]+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        s_limit);

    // Characters that can be wiped, not a string that cannot.
    private readonly char[] _key;

    public Redactor(SecureString key) => _key = SecretText.Use(key, static plain => (char[])plain.Clone());

    /// <summary>A value of a model: the same object when there is nothing to hide. What a terminal would obey is hidden too: views print values as they are.</summary>
    public string Value(string text)
    {
        string printable = Text.Printable(text);
        return IsSuspicious(printable) ? Hide(printable) : printable;
    }

    public string? ValueOrNull(string? text) => text is null ? null : Value(text);

    /// <summary>The notebook's address: its token is its owner's, our key never is.</summary>
    public string? KeepQuery(string? text)
    {
        string? printable = text is null ? null : Text.Printable(text);
        return printable is not null && HasKey(printable) ? WithoutKey(printable) : printable;
    }

    /// <summary>Text for a stream or an error: here even the query of an address goes, whatever its names. What a terminal would obey is cleaned where the text is made.</summary>
    public string Prose(string text)
    {
        if (text.AsSpan().IndexOf('?') >= 0)
            text = s_queries.Replace(text, Mask);
        return IsSuspicious(text) ? Hide(text) : text;
    }

    /// <summary>A tree of plain values, names included.</summary>
    public object? Tree(object? value) => value switch
    {
        string text => Value(text),
        Dictionary<string, object?> map => Map(map),
        object?[] list => Array.ConvertAll(list, Tree),
        _ => value,
    };

    public void Dispose() => Array.Clear(_key, 0, _key.Length);

    private Dictionary<string, object?> Map(Dictionary<string, object?> map)
    {
        var clean = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);
        foreach (var pair in map)
            clean[Value(pair.Key)] = Tree(pair.Value);
        return clean;
    }

    private bool IsSuspicious(string text) =>
        text.Length >= ShortestSecret
        && (HasForm(text) || (text.AsSpan().IndexOf('=') >= 0 && s_queryValues.IsMatch(text)) || HasKey(text));

    private static bool HasForm(string text)
    {
        var span = text.AsSpan();
        return span.IndexOf("pr_".AsSpan()) >= 0 || span.IndexOf("eyJ".AsSpan()) >= 0 || span.IndexOf("earer".AsSpan()) >= 0;
    }

    private bool HasKey(string text) => IndexOfKey(text, 0) >= 0;

    private int IndexOfKey(string text, int start)
    {
        if (_key.Length < ShortestSecret || text.Length - start < _key.Length)
            return -1;
        int at = text.AsSpan(start).IndexOf(_key);
        return at < 0 ? -1 : start + at;
    }

    private string Hide(string text) => s_queryValues.Replace(s_forms.Replace(WithoutKey(text), Mask), Mask);

    private string WithoutKey(string text)
    {
        for (int at = IndexOfKey(text, 0); at >= 0; at = IndexOfKey(text, at + Mask.Length))
            text = text.Remove(at, _key.Length).Insert(at, Mask);
        return text;
    }
}
