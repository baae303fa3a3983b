using System;
using System.Text;
using PulseRun.Core.Text;

namespace PulseRun.Client.Http;

/// <summary>
/// Finds and masks secrets in one pass. Each character is examined a bounded number of times, because the server chooses the texts:
/// with a backtracking regular expression it could also choose the time.
/// </summary>
/// <remarks>
/// JSON and URL escapes (<c>\"</c>, <c>\/</c>, <c>\u0041</c>, <c>%41</c>) are read as the characters they stand for, because raw answers are shown by -Debug.
/// Masked are: this connection's key, keys and tokens by their form, what follows <c>Bearer</c> and <c>Authorization:</c>, values of secret names
/// in JSON and in queries, user names and passwords in addresses, fragments of addresses and, when asked for, whole queries.
/// </remarks>
internal ref struct SecretScanner
{
    public const string Mask = SecretText.Mask;

    /// <summary>The length of the shortest key that is masked. Masking a shorter one would also mask ordinary words.</summary>
    public const int ShortestKey = 8;

    private const int ShortestTokenTail = 8;
    private const int MostBackslashes = 64;

    private readonly string _text;
    private readonly ReadOnlySpan<char> _key;
    private readonly bool _isProse;
    private readonly Span<char> _tail;
    private StringBuilder? _clean;
    private int _copied;
    private int _letters;
    private bool _inWord;
    private char _before;
    private int _beforeDepth;
    private bool _inUrl;

    private SecretScanner(string text, ReadOnlySpan<char> key, bool isProse, Span<char> tail)
    {
        _text = text;
        _key = key.Length < ShortestKey ? default : key;
        _isProse = isProse;
        _tail = tail;
        _clean = null;
        _copied = 0;
        _letters = 0;
        _inWord = false;
        _before = '\0';
        _beforeDepth = 0;
        _inUrl = false;
    }

    /// <summary>Returns the text without its secrets; the same object when there are none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key of this connection.</param>
    /// <param name="isProse">True for text of a stream or an error: whole queries of addresses are masked too, and so is a truncated key at the end of the text.</param>
    public static string Hide(string text, ReadOnlySpan<char> key, bool isProse)
    {
        Span<char> tail = stackalloc char[SecretNames.Longest];
        var scanner = new SecretScanner(text, key, isProse, tail);
        scanner.Scan();
        return scanner.Finish();
    }

    /// <summary>Returns the text without the key, and otherwise unchanged.</summary>
    public static string HideKey(string text, ReadOnlySpan<char> key)
    {
        var scanner = new SecretScanner(text, key, isProse: false, default);
        for (int at = 0; at < text.Length;)
        {
            int end = scanner.EndOfKey(at);
            if (end > at)
                scanner.MaskTo(at, end);
            at = end > at ? end : at + 1;
        }
        return scanner.Finish();
    }

    private string Finish()
    {
        if (_clean is null)
            return _text;
        _clean.Append(_text, _copied, _text.Length - _copied);
        return _clean.ToString();
    }

    private void Scan()
    {
        int at = 0;
        while (at < _text.Length)
        {
            char c = Read(at, out int length);
            int from = at;
            int end = EndOfForm(c, ref from);
            // A text that looks like an escape may not be one, so also look for a key that begins inside it.
            for (int inner = at + 1; end <= from && inner < at + length; inner++)
            {
                from = inner;
                end = EndOfForm(_text[inner], ref from);
            }
            if (end > from)
            {
                MaskTo(from, end);
                LeaveWord('\0', 0);
                at = end;
                continue;
            }
            if (IsNameChar(c))
            {
                EnterWord(c);
                at += length;
                continue;
            }
            int next = AfterName(c, at, length);
            if (_inUrl && EndsUrl(c, at))
                _inUrl = false;
            LeaveWord(c, c is '"' or '\'' ? Backslashes(at + length - 1) : 0);
            at = next;
        }
    }

    /// <summary>Handles the character that ends a name, and returns the position to continue at.</summary>
    private int AfterName(char c, int at, int length)
    {
        int next = at + length;
        switch (c)
        {
            case '=' when IsQueryName():
                return MaskValue(next, stopsAtComma: false);
            case '"' or '\'' when _inWord && c == _before && Backslashes(next - 1) == _beforeDepth && IsSecretName():
                return MaskMember(next);
            case ':' when _inWord && IsHeaderName():
                return MaskLine(next);
            case ':' when SkipSlashes(next) is var host and > 0:
                return EnterUrl(host);
            case '?' when _inUrl && _isProse:
            case '#' when _inUrl:
                return MaskRestOfUrl(next);
            default:
                return next;
        }
    }

    // ---- secrets recognized by their form ----

    /// <summary>Returns the end of the secret that begins here, and moves <paramref name="from"/> past the part of it that may stay visible. Returns <paramref name="from"/> when there is none.</summary>
    private int EndOfForm(char c, ref int from)
    {
        if (!_key.IsEmpty && c == _key[0] && EndOfKey(from) is var end && end > from)
            return end;
        switch (c)
        {
            case 'p':
                return Match(from, "pr_live_") is var live and > 0 && EndOfName(live) is var liveEnd && liveEnd > live ? liveEnd
                    : Match(from, "pr_test_") is var test and > 0 && EndOfName(test) is var testEnd && testEnd > test ? testEnd
                    : from;
            case 'e':
                return EndOfToken(from);
            case 'b' or 'B' when !_inWord:
                return EndOfBearer(ref from);
            default:
                return from;
        }
    }

    private readonly int EndOfKey(int at)
    {
        if (_key.IsEmpty)
            return at;
        if (_text.AsSpan(at).StartsWith(_key))
            return at + _key.Length;
        int matched = 0;
        int end = at;
        while (matched < _key.Length && end < _text.Length && Read(end, out int length) == _key[matched])
        {
            matched++;
            end += length;
        }
        // Text of a stream may have been truncated in the middle of a key.
        bool isCut = _isProse && end >= _text.Length && matched >= ShortestKey;
        return matched == _key.Length || isCut ? end : at;
    }

    private readonly int EndOfToken(int at)
    {
        int start = Match(at, "eyJ");
        if (start < 0)
            return at;
        int end = EndOfName(start, out int count);
        if (count < ShortestTokenTail)
            return at;
        while (end < _text.Length && Read(end, out int length) == '.')
            end = EndOfName(end + length);
        return end;
    }

    private readonly int EndOfBearer(ref int from)
    {
        int at = Match(from, "bearer", ignoresCase: true);
        if (at < 0)
            return from;
        int value = at;
        while (value < _text.Length && Read(value, out int length) is var c && (char.IsWhiteSpace(c) || c == '+'))
            value += length;
        int end = value == at ? value : EndOfValue(value, stopsAtComma: true);
        if (end <= value)
            return from;
        from = value;
        return end;
    }

    // ---- values of secret names ----

    private void EnterWord(char c)
    {
        if (!_inWord)
        {
            _inWord = true;
            _letters = 0;
        }
        if (c is '-' or '_')
            return;
        if (_letters < _tail.Length)
        {
            _tail[_letters] = SecretNames.Lower(c);
        }
        else
        {
            _tail.Slice(1).CopyTo(_tail);
            _tail[_tail.Length - 1] = SecretNames.Lower(c);
        }
        _letters++;
    }

    private void LeaveWord(char before, int depth)
    {
        _inWord = false;
        _letters = 0;
        _before = before;
        _beforeDepth = depth;
    }

    private readonly ReadOnlySpan<char> Tail => _tail.Slice(0, Math.Min(_letters, _tail.Length));

    private readonly bool IsSecretName() => _inWord && SecretNames.IsSecret(Tail);

    private readonly bool IsHeaderName() => Tail.EndsWith("authorization".AsSpan()) || Tail.EndsWith("apikey".AsSpan());

    /// <summary>Returns true for names of query parameters. Short names are secrets in a query only: <c>?key=</c>, but not <c>exit code=</c>.</summary>
    private readonly bool IsQueryName() =>
        IsSecretName()
        || (_inWord && _before is '?' or '&' or ';' or '#' && _letters <= 4
            && (Is("key") || Is("auth") || Is("sig") || Is("code")));

    private readonly bool Is(string name) => Tail.SequenceEqual(name.AsSpan());

    private int MaskValue(int at, bool stopsAtComma)
    {
        if (at < _text.Length && Read(at, out int length) is '"' or '\'')
            return MaskString(at + length);
        int end = EndOfValue(at, stopsAtComma);
        if (end > at)
            MaskTo(at, end);
        return end;
    }

    /// <summary>Masks the value of a JSON member whose name has just ended. Returns the position to continue at; if this is not a member, nothing is masked.</summary>
    private int MaskMember(int nameEnd)
    {
        int at = SkipSpace(nameEnd);
        if (at >= _text.Length || Read(at, out int length) != ':')
            return nameEnd;
        at = SkipSpace(at + length);
        if (at >= _text.Length)
            return at;
        char c = Read(at, out length);
        if (c is '"' or '\'')
            return MaskString(at + length);
        int end = c is '{' or '[' ? EndOfTree(at) : EndOfScalar(at);
        if (end > at && !IsLiteral(at, end))
            MaskTo(at, end);
        return Math.Max(end, nameEnd);
    }

    /// <summary>Masks up to the quote that ends the string that has just begun, or to the end of the text.</summary>
    private int MaskString(int at)
    {
        int end = EndOfString(at);
        if (end > at)
            MaskTo(at, end);
        return end;
    }

    private int MaskLine(int at)
    {
        while (at < _text.Length && Read(at, out int space) is ' ' or '\t')
            at += space;
        int value = EndOfName(at);
        // The scheme (Basic, Bearer) may stay visible.
        if (value > at && value < _text.Length && Read(value, out int length) == ' ')
            at = value + length;
        int end = at;
        while (end < _text.Length && Read(end, out length) is not ('\n' or '\r' or '\uFFFD' or '"' or '\''))
            end += length;
        if (end > at)
            MaskTo(at, end);
        return end;
    }

    private readonly int EndOfValue(int at, bool stopsAtComma)
    {
        while (at < _text.Length)
        {
            char c = Read(at, out int length);
            bool ends = c is '"' or '\'' or ';' || char.IsWhiteSpace(c) || (stopsAtComma ? c == ',' : c is '&' or '#');
            if (ends && _text[at] != '%')
                break;
            at += length;
        }
        return at;
    }

    /// <summary>Returns the position of the closing quote, including its backslashes, of a string whose opening quote is right before this position.</summary>
    private readonly int EndOfString(int at)
    {
        char quote = _text[at - 1];
        if (quote is not ('"' or '\''))
            return EndOfEscapedString(at);
        int depth = Backslashes(at - 1);
        int run = 0;
        for (; at < _text.Length; at++)
        {
            // A quote with more backslashes than the opening one is escaped, unless the additional ones are escaped backslashes themselves.
            if (_text[at] == quote && (run < depth || (run - depth) % (2 * (depth + 1)) == 0))
                return at - Math.Min(run, depth);
            run = _text[at] == '\\' ? run + 1 : 0;
        }
        return at;
    }

    /// <summary>Returns the same for a string whose quotes are written as %22 or \u0022.</summary>
    private readonly int EndOfEscapedString(int at)
    {
        while (at < _text.Length && Read(at, out int length) is not ('"' or '\''))
            at += length;
        return at;
    }

    private readonly int EndOfTree(int at)
    {
        int open = 0;
        while (at < _text.Length)
        {
            char c = Read(at, out int length);
            at += length;
            if (c is '"' or '\'')
            {
                at = BehindQuote(EndOfString(at));
            }
            else if (c is '{' or '[')
            {
                open++;
            }
            else if (c is '}' or ']' && --open == 0)
            {
                break;
            }
        }
        return at;
    }

    private readonly int BehindQuote(int at)
    {
        while (at < _text.Length && Read(at, out int length) is var c)
        {
            at += length;
            if (c is '"' or '\'')
                break;
        }
        return at;
    }

    private readonly int EndOfScalar(int at)
    {
        while (at < _text.Length && Read(at, out int length) is not (',' or '}' or ']' or '"' or '\'') and var c && !char.IsWhiteSpace(c))
            at += length;
        return at;
    }

    private readonly bool IsLiteral(int at, int end) =>
        _text.AsSpan(at, end - at) is var value
        && (value.SequenceEqual("null".AsSpan()) || value.SequenceEqual("true".AsSpan()) || value.SequenceEqual("false".AsSpan()));

    // ---- addresses ----

    /// <summary>Returns the position after two slashes; 0 when there are none here.</summary>
    private readonly int SkipSlashes(int at)
    {
        for (int slash = 0; slash < 2; slash++)
        {
            if (at >= _text.Length || Read(at, out int length) != '/')
                return 0;
            at += length;
        }
        return at;
    }

    private int EnterUrl(int host)
    {
        bool isHttp = Is("http") || Is("https");
        int userEnd = 0;
        bool hasPassword = false;
        int at = host;
        while (at < _text.Length)
        {
            char c = Read(at, out int length);
            if (c is '/' or '?' or '#' or '\\' || EndsUrl(c, at))
                break;
            if (c == '@')
                userEnd = at;
            hasPassword |= c == ':' && userEnd == 0;
            at += length;
        }
        _inUrl = isHttp;
        // The user name in ssh://root@host is not a secret.
        if (userEnd <= host || !(isHttp || hasPassword))
            return host;
        MaskTo(host, userEnd);
        return userEnd;
    }

    private int MaskRestOfUrl(int at)
    {
        int end = at;
        while (end < _text.Length && Read(end, out int length) is var c && !EndsUrl(c, end))
            end += length;
        if (end > at)
            MaskTo(at, end);
        return end;
    }

    /// <summary>Returns true when an address ends here. An escaped character in it (%20) does not end it.</summary>
    private readonly bool EndsUrl(char c, int at) => (c is '"' or '\'' or '<' or '>' || char.IsWhiteSpace(c)) && _text[at] != '%';

    // ---- reading ----

    private void MaskTo(int from, int end)
    {
        _clean ??= new StringBuilder(_text.Length);
        _clean.Append(_text, _copied, from - _copied).Append(Mask);
        _copied = end;
    }

    /// <summary>Returns the character at a position; an escape is returned as the character it stands for.</summary>
    private readonly char Read(int at, out int length)
    {
        char c = _text[at];
        length = 1;
        if (c is not ('\\' or '%'))
            return c;
        if (c == '%')
            return Escape(at + 1, 2, ref length) is var escaped and >= 0 ? (char)escaped : c;
        if (at + 1 == _text.Length)
            return c;
        char next = _text[at + 1];
        switch (next)
        {
            case 'u':
                return Escape(at + 2, 4, ref length) is var unit and >= 0 ? (char)unit : c;
            case '/' or '"' or '\'':
                length = 2;
                return next;
            case 'n' or 'r' or 't':
                length = 2;
                return next == 't' ? '\t' : '\n';
            default:
                return c;
        }
    }

    private readonly int Escape(int at, int digits, ref int length)
    {
        if (at + digits > _text.Length)
            return -1;
        int value = 0;
        for (int i = at; i < at + digits; i++)
        {
            int digit = _text[i] switch
            {
                >= '0' and <= '9' and var c => c - '0',
                >= 'a' and <= 'f' and var c => c - 'a' + 10,
                >= 'A' and <= 'F' and var c => c - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
                return -1;
            value = (value << 4) + digit;
        }
        length = digits + (digits == 4 ? 2 : 1);
        return value;
    }

    /// <summary>Returns the position after a word; -1 when the word is not here.</summary>
    private readonly int Match(int at, string word, bool ignoresCase = false)
    {
        foreach (char expected in word)
        {
            if (at >= _text.Length)
                return -1;
            char c = Read(at, out int length);
            if ((ignoresCase ? SecretNames.Lower(c) : c) != expected)
                return -1;
            at += length;
        }
        return at;
    }

    private readonly int EndOfName(int at) => EndOfName(at, out _);

    private readonly int EndOfName(int at, out int count)
    {
        count = 0;
        while (at < _text.Length && IsNameChar(Read(at, out int length)))
        {
            at += length;
            count++;
        }
        return at;
    }

    private readonly int SkipSpace(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(Read(at, out int length)))
            at += length;
        return at;
    }

    /// <summary>Returns the number of backslashes right before a position, which shows how deeply a quote is nested in strings.</summary>
    private readonly int Backslashes(int at)
    {
        int count = 0;
        while (count < MostBackslashes && at - count > 0 && _text[at - count - 1] == '\\')
            count++;
        return count;
    }

    private static bool IsNameChar(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '_' or '-';
}
