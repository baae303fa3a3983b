using System;
using System.Collections.Generic;
using System.Security;
using PulseRun.Core.Text;

namespace PulseRun.Client.Http;

/// <summary>Replaces secrets by a mask: this connection's key and parts of it, keys and tokens by their form, and the values of secret names.</summary>
/// <remarks>If masking fails, the whole text is replaced, so that no exception of this class contains text.</remarks>
internal sealed class Redactor : IDisposable
{
    public const string Mask = SecretScanner.Mask;

    private const int Unprintable = 1;
    private const int Sign = 2;
    private const int CapitalJ = 4;
    private const int Underscore = 8;
    private const int LetterB = 16;
    private const int Colon = 32;

    /// <summary>Specifies for each ASCII character which kinds of secrets it can be part of. Most values contain none of these characters, so one pass suffices.</summary>
    private static readonly byte[] s_kinds = Kinds();

    // An array can be wiped; a string cannot.
    private readonly char[] _key;

    private readonly KeyEcho _echo;

    public Redactor(SecureString key)
    {
        _key = SecretText.Use(key, static plain => (char[])plain.Clone());
        _echo = new KeyEcho(_key);
    }

    /// <summary>Returns a property value without secrets and without control characters, because views print values unchanged. Returns the same object when there is nothing to replace.</summary>
    public string Value(string text)
    {
        int seen = 0;
        foreach (char c in text)
            seen |= c < 128 ? s_kinds[c] : Unprintable;
        if ((seen & Unprintable) != 0)
            text = CleanText.Printable(text);
        if (MayHoldSecret(text, seen))
            return Hide(text, isProse: false);
        // Most values of a list are too short for another spelling of the whole key.
        return text.Length < _key.Length ? text : _echo.Hide(text);
    }

    public string? ValueOrNull(string? text) => text is null ? null : Value(text);

    /// <summary>Returns the address of the notebook, with its access token, which belongs to the user, but without this connection's key.</summary>
    public string? KeepQuery(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return _echo.Hide(SecretScanner.HideKey(CleanText.Printable(text), _key));
        }
#pragma warning disable CA1031 // The text is masked; the exception could contain it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Mask;
        }
    }

    /// <summary>Returns text for a stream or an error without secrets. Whole queries of addresses are masked too, whatever their names. Control characters are removed by the callers.</summary>
    public string Prose(string text) => Hide(text, isProse: true);

    /// <summary>Returns a tree of plain values without secrets, in values and in names.</summary>
    public object? Tree(object? value) => value switch
    {
        string text => Value(text),
        Dictionary<string, object?> map => Map(map),
        object?[] list => Array.ConvertAll(list, Tree),
        _ => value,
    };

    /// <summary>Returns a value without secrets; if its name denotes a secret, all of it is masked.</summary>
    public object? Tree(string name, object? value) => SecretNames.IsSecret(name) ? Masked(value) : Tree(value);

    public void Dispose()
    {
        Array.Clear(_key, 0, _key.Length);
        _echo.Dispose();
    }

    private Dictionary<string, object?> Map(Dictionary<string, object?> map)
    {
        var clean = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);
        foreach (var pair in map)
            clean[Value(pair.Key)] = Tree(pair.Key, pair.Value);
        return clean;
    }

    private object? Masked(object? value)
    {
        switch (value)
        {
            case null or bool or "":
                return value;
            case Dictionary<string, object?> map:
                var clean = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);
                foreach (var pair in map)
                    clean[Value(pair.Key)] = Masked(pair.Value);
                return clean;
            case object?[] list:
                return Array.ConvertAll(list, Masked);
            default:
                return Mask;
        }
    }

    private bool MayHoldSecret(string text, int seen) =>
        text.Length >= SecretScanner.ShortestKey
        && ((seen & Sign) != 0
            || ((seen & Underscore) != 0 && Has(text, "pr_"))
            || ((seen & CapitalJ) != 0 && Has(text, "eyJ"))
            || ((seen & LetterB) != 0 && text.AsSpan().IndexOf("bearer".AsSpan(), StringComparison.OrdinalIgnoreCase) >= 0)
            || ((seen & Colon) != 0 && Has(text, "://"))
            || (_key.Length >= SecretScanner.ShortestKey && text.AsSpan().IndexOf(_key) >= 0));

    private static bool Has(string text, string part) => text.AsSpan().IndexOf(part.AsSpan()) >= 0;

    private string Hide(string text, bool isProse)
    {
        try
        {
            return _echo.Hide(SecretScanner.Hide(text, _key, isProse));
        }
#pragma warning disable CA1031 // The text is masked; the exception could contain it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Mask;
        }
    }

    private static byte[] Kinds()
    {
        byte[] kinds = new byte[128];
        for (int c = 0; c < kinds.Length; c++)
        {
            kinds[c] = (char)c switch
            {
                < ' ' or '\x7f' => Unprintable,
                '=' or '"' or '\'' or '\\' or '%' => Sign,
                'J' => CapitalJ,
                '_' => Underscore,
                'b' or 'B' => LetterB,
                ':' => Colon,
                _ => 0,
            };
        }
        return kinds;
    }
}
