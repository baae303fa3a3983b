using System;
using System.Collections.Generic;
using System.Text;

namespace PulseRun.Client.Http;

/// <summary>
/// Finds parts of this connection's key in a text that a server chose: a part of 12 letters and digits or more, in any case, split by spaces or other signs, backwards, or as hexadecimal or base64.
/// A whole key in its usual spellings is found by <see cref="SecretScanner"/>.
/// </summary>
/// <remarks>Each character costs one look in a small table, because every value of every list passes here. Only hashes of the parts are kept.</remarks>
internal sealed class KeyEcho : IDisposable
{
    /// <summary>The number of letters and digits of a part that is masked. Fewer would also mask ordinary words and numbers.</summary>
    private const int Part = 12;

    private const int Symbols = 36;

    private const ulong HashStart = 14695981039346656037;
    private const ulong HashStep = 1099511628211;

    private readonly bool[] _pairs = new bool[Symbols * Symbols];
    private readonly HashSet<ulong> _parts = [];

    public KeyEcho(char[] key)
    {
        int body = key.Length > 8 && key[0] == 'p' && key[1] == 'r' && key[2] == '_' ? 8 : 0;
        if (Normal(key, body).Count < Part)
            return;
        Add(Normal(key, body));
        List<byte> backwards = Normal(key, body);
        backwards.Reverse();
        Add(backwards);
        byte[] bytes = Encoding.UTF8.GetBytes(key, body, key.Length - body);
        Add(Normal(Hexadecimal(bytes), 0));
        Array.Clear(bytes, 0, bytes.Length);
        for (int shift = 0; shift < 3; shift++)
            AddBase64(key, shift);
    }

    /// <summary>Returns the text with a mask for each part of the key; the same object when there is none.</summary>
    public string Hide(string text)
    {
        if (text.Length < Part || _parts.Count == 0)
            return text;
        Span<byte> last = stackalloc byte[Part];
        Span<int> starts = stackalloc int[Part];
        StringBuilder? clean = null;
        int copied = 0, maskFrom = -1, maskEnd = -1, count = 0, run = 0, before = -1;
        for (int at = 0; at < text.Length;)
        {
            int symbol = Read(text, at, out int length);
            int start = at;
            at += length;
            if (symbol < 0)
                continue;
            run = before >= 0 && _pairs[before * Symbols + symbol] ? run + 1 : 0;
            before = symbol;
            last[count % Part] = (byte)symbol;
            starts[count % Part] = start;
            count++;
            if (run < Part - 1 || !_parts.Contains(Hash(last, count)))
                continue;
            int first = starts[count % Part];
            if (first > maskEnd)
            {
                Flush(text, ref clean, ref copied, maskFrom, maskEnd);
                maskFrom = first;
            }
            maskEnd = at;
        }
        Flush(text, ref clean, ref copied, maskFrom, maskEnd);
        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }

    public void Dispose()
    {
        _parts.Clear();
        Array.Clear(_pairs, 0, _pairs.Length);
    }

    private static void Flush(string text, ref StringBuilder? clean, ref int copied, int from, int end)
    {
        if (from < 0)
            return;
        (clean ??= new StringBuilder(text.Length)).Append(text, copied, from - copied).Append(SecretScanner.Mask);
        copied = end;
    }

    /// <summary>Returns the hash of the last symbols, of which the next to be replaced is the oldest.</summary>
    private static ulong Hash(ReadOnlySpan<byte> ring, int count)
    {
        ulong hash = HashStart;
        for (int i = 0; i < Part; i++)
            hash = unchecked((hash ^ ring[(count + i) % Part]) * HashStep);
        return hash;
    }

    private void Add(List<byte> symbols)
    {
        Span<byte> ring = stackalloc byte[Part];
        for (int i = 0; i < symbols.Count; i++)
        {
            if (i > 0)
                _pairs[symbols[i - 1] * Symbols + symbols[i]] = true;
            ring[i % Part] = symbols[i];
            if (i >= Part - 1)
                _parts.Add(Hash(ring, i + 1));
        }
    }

    /// <summary>Adds the base64 text of the key after that many other bytes, without the characters that depend on what surrounds it.</summary>
    private void AddBase64(char[] key, int shift)
    {
        byte[] bytes = new byte[shift + Encoding.UTF8.GetByteCount(key)];
        Encoding.UTF8.GetBytes(key, 0, key.Length, bytes, shift);
        char[] text = Convert.ToBase64String(bytes).ToCharArray();
        int length = bytes.Length / 3 * 4;
        int from = shift == 0 ? 0 : shift + 1;
        Array.Clear(bytes, 0, bytes.Length);
        Add(Normal(text.AsSpan(0, length).ToArray(), from));
    }

    private static char[] Hexadecimal(byte[] bytes)
    {
        char[] text = new char[bytes.Length * 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
            text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
        }
        return text;
    }

    private static List<byte> Normal(char[] text, int from)
    {
        var symbols = new List<byte>(text.Length);
        for (int i = from; i < text.Length; i++)
        {
            if (Symbol(text[i]) is var symbol and >= 0)
                symbols.Add((byte)symbol);
        }
        return symbols;
    }

    /// <summary>Returns the letter or digit at a position, also of an escape (%41, \u0041, &amp;#65;); -1 for any other sign.</summary>
    private static int Read(string text, int at, out int length)
    {
        char c = text[at];
        length = 1;
        if (c is not ('%' or '\\' or '&') || at + 2 >= text.Length)
            return Symbol(c);
        if (c == '%')
            return Number(text, at + 1, 2, 16, ref length);
        if (c == '\\')
        {
            if (text[at + 1] == 'u')
                return Number(text, at + 2, 4, 16, ref length);
            length = text[at + 1] is 'n' or 'r' or 't' or 'b' or 'f' ? 2 : 1;
            return -1;
        }
        if (text[at + 1] != '#')
            return -1;
        int end = at + 2;
        while (end < text.Length && end < at + 7 && text[end] is >= '0' and <= '9')
            end++;
        return end < text.Length && text[end] == ';' ? Number(text, at + 2, end - at - 2, 10, ref length, end - at + 1) : -1;
    }

    private static int Number(string text, int at, int digits, int radix, ref int length, int? whole = null)
    {
        if (at + digits > text.Length)
            return -1;
        int value = 0;
        for (int i = at; i < at + digits; i++)
        {
            if (Symbol(text[i]) is not (>= 0 and var digit) || digit >= radix || text[i] >= 128)
                return -1;
            value = value * radix + digit;
        }
        length = whole ?? digits + (digits == 4 ? 2 : 1);
        return value <= char.MaxValue ? Symbol((char)value) : -1;
    }

    /// <summary>Returns 0 to 9 for digits and 10 to 35 for letters of any case and width; -1 for any other sign.</summary>
    private static int Symbol(char c)
    {
        if (c is >= '\uFF01' and <= '\uFF5E')
            c = (char)(c - 0xFEE0);
        return c switch
        {
            >= '0' and <= '9' => c - '0',
            >= 'a' and <= 'z' => c - 'a' + 10,
            >= 'A' and <= 'Z' => c - 'A' + 10,
            _ => -1,
        };
    }
}
