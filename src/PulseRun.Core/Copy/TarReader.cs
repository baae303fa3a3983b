using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PulseRun.Core.Text;

namespace PulseRun.Core.Copy;

/// <summary>
/// Reads a tar archive (ustar, pax, GNU) that arrives as a stream, in constant memory. The archive comes from a rented machine, so everything that tar does not write for files, folders and
/// links is refused: sizes that are negative or do not fit, wrong checksums, sparse files, global names, several volumes, and an archive without its end.
/// </summary>
/// <remarks>System.Formats.Tar does not exist for .NET Framework, and it follows pax attributes that this reader refuses.</remarks>
/// <param name="input">The archive.</param>
internal sealed class TarReader(Stream input)
{
    public const int BlockSize = 512;

    /// <summary>The largest pax header. Names have at most a few kilobytes; a larger header is an attempt to fill the memory.</summary>
    private const int MaxHeader = 1 << 20;

    private const int MaxName = 1 << 16;

    private readonly byte[] _block = new byte[BlockSize];
    private long _left;
    private long _padding;
    private bool _ended;

    /// <summary>Returns the next entry; null at the end of the archive. Skips the content of the previous entry.</summary>
    /// <exception cref="PulseRunException">UnsafeArchive: the archive is damaged or was made to do harm. CopyFailed: the archive is truncated.</exception>
    public TarEntry? Next()
    {
        if (_ended)
            return null;
        SkipContent();
        Dictionary<string, string> pax = [];
        string? longName = null, longLink = null;
        bool replaced = false;
        while (true)
        {
            ReadBlock();
            if (IsZero(_block))
            {
                ReadBlock();
                if (!IsZero(_block))
                    throw Unsafe("a single empty block is inside the archive");
                if (pax.Count > 0 || longName is not null || longLink is not null)
                    throw Unsafe("a name at the end of the archive has no entry");
                _ended = true;
                return null;
            }
            CheckSum();
            long size = Number(124, 12);
            char type = (char)_block[156];
            switch (type)
            {
                case 'x':
                    foreach (KeyValuePair<string, string> pair in Pax(Content(size, MaxHeader), ref replaced))
                        pax[pair.Key] = pair.Value;
                    continue;
                case 'g':
                    foreach (string key in Pax(Content(size, MaxHeader), ref replaced).Keys)
                    {
                        // A name or a size for all entries would let each of them overwrite the same file.
                        if (key is not "comment")
                            throw Unsafe("it sets '" + CleanText.Clean(key, 40) + "' for all entries");
                    }
                    continue;
                case 'L':
                    longName = Text(Content(size, MaxName), ref replaced);
                    continue;
                case 'K':
                    longLink = Text(Content(size, MaxName), ref replaced);
                    continue;
            }
            return Entry(type, size, pax, longName, longLink, replaced);
        }
    }

    /// <summary>Reads content of the current entry. Returns 0 at its end.</summary>
    public int Read(byte[] buffer)
    {
        if (_left == 0)
            return 0;
        int count = input.Read(buffer, 0, (int)Math.Min(buffer.Length, _left));
        if (count <= 0)
            throw Truncated();
        _left -= count;
        return count;
    }

    private TarEntry Entry(char type, long size, Dictionary<string, string> pax, string? longName, string? longLink, bool replaced)
    {
        foreach (string key in pax.Keys)
        {
            if (key.StartsWith("GNU.sparse", StringComparison.Ordinal))
                throw Unsafe("it contains a sparse file");
        }
        if (pax.TryGetValue("size", out string? sizeText))
        {
            if (!long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out size))
                throw Unsafe("the size of an entry is not a number");
        }
        string name = pax.TryGetValue("path", out string? path) ? path : longName ?? HeaderName(ref replaced);
        string link = pax.TryGetValue("linkpath", out string? linkPath) ? linkPath : longLink ?? Field(157, 100, ref replaced);
        TarKind kind = type switch
        {
            '0' or '\0' or '7' => (name.Length > 0 && name[name.Length - 1] == '/') ? TarKind.Folder : TarKind.File,
            '1' => TarKind.HardLink,
            '2' => TarKind.Link,
            '5' => TarKind.Folder,
            '3' or '4' or '6' => TarKind.Special,
            'S' => throw Unsafe("it contains a sparse file"),
            _ => throw Unsafe("it contains an entry of the unknown type '" + CleanText.Clean(type.ToString(), 4) + "'"),
        };
        if (size < 0)
            throw Unsafe("the size of an entry is negative");
        if (kind != TarKind.File && size > 0)
        {
            // Some programs write the size of a link's target; only a file has content.
            if (kind is TarKind.Folder or TarKind.Special)
                throw Unsafe("an entry without content has a size");
            size = 0;
        }
        _left = size;
        _padding = (BlockSize - (size % BlockSize)) % BlockSize;
        return new TarEntry
        {
            Name = name,
            Kind = kind,
            Size = size,
            Mode = (int)(Number(100, 8) & 0x1FF),
            Modified = Time(pax.TryGetValue("mtime", out string? mtime) ? mtime : null),
            Link = link,
            IsNameReplaced = replaced,
        };
    }

    private DateTimeOffset Time(string? pax)
    {
        // A time before 1970 or beyond the calendar is not worth an error.
        long seconds = pax is null ? Number(136, 12, isTime: true)
            : long.TryParse(pax.Split('.')[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 0;
        return DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, Math.Min(seconds, 253_402_300_799)));
    }

    private string HeaderName(ref bool replaced)
    {
        string name = Field(0, 100, ref replaced);
        bool isUstar = _block[257] == 'u' && _block[258] == 's' && _block[259] == 't' && _block[260] == 'a' && _block[261] == 'r' && _block[262] == 0;
        string prefix = isUstar ? Field(345, 155, ref replaced) : "";
        return prefix.Length > 0 ? prefix + "/" + name : name;
    }

    private string Field(int offset, int length, ref bool replaced)
    {
        int end = Array.IndexOf(_block, (byte)0, offset, length);
        return Decode(_block, offset, end < 0 ? length : end - offset, ref replaced);
    }

    private static string Text(byte[] content, ref bool replaced)
    {
        int end = Array.IndexOf(content, (byte)0);
        // GNU tar ends the name with one null character; more text after it is an attempt to show two names to two readers.
        if (end >= 0 && end != content.Length - 1)
            throw Unsafe("a name contains a null character");
        return Decode(content, 0, end < 0 ? content.Length : end, ref replaced);
    }

    private static string Decode(byte[] bytes, int offset, int length, ref bool replaced)
    {
        string text = Encoding.UTF8.GetString(bytes, offset, length);
        if (text.Any(static c => c == '\uFFFD'))
            replaced = true;
        return text;
    }

    private static Dictionary<string, string> Pax(byte[] content, ref bool replaced)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = 0;
        while (at < content.Length)
        {
            int space = Array.IndexOf(content, (byte)' ', at);
            if (space < 0 || space - at > 7 || !int.TryParse(Encoding.ASCII.GetString(content, at, space - at), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length > content.Length - at || length < space - at + 3 || content[at + length - 1] != '\n')
            {
                throw Unsafe("a pax header is damaged");
            }
            int equals = Array.IndexOf(content, (byte)'=', space, at + length - space);
            if (equals < 0)
                throw Unsafe("a pax header is damaged");
            string key = Encoding.UTF8.GetString(content, space + 1, equals - space - 1);
            string value = Decode(content, equals + 1, at + length - 1 - equals - 1, ref replaced);
            if (key is "path" or "linkpath" && value.Any(static c => c == '\0'))
                throw Unsafe("a name contains a null character");
            if (found.ContainsKey(key) && key is "path" or "linkpath" or "size" && found.ContainsKey(key))
                throw Unsafe("a pax header has two values for '" + key + "'");
            found[key] = value;
            at += length;
        }
        return found;
    }

    /// <summary>Returns an octal number, or a binary one as GNU tar writes for values that do not fit.</summary>
    private long Number(int offset, int length, bool isTime = false)
    {
        byte first = _block[offset];
        if ((first & 0x80) != 0)
        {
            if (first == 0xFF && isTime)
                return 0;
            if (first != 0x80)
                throw Unsafe("a number is negative or too large");
            ulong binary = 0;
            for (int i = 1; i < length; i++)
            {
                if (binary > ulong.MaxValue >> 8)
                    throw Unsafe("a number is too large");
                binary = (binary << 8) | _block[offset + i];
            }
            return binary <= long.MaxValue ? (long)binary : throw Unsafe("a number is too large");
        }
        long value = 0;
        bool started = false;
        for (int i = 0; i < length; i++)
        {
            byte digit = _block[offset + i];
            if (digit is (byte)' ' or 0)
            {
                if (started)
                    break;
                continue;
            }
            if (digit is < (byte)'0' or > (byte)'7')
                throw Unsafe("a number in a header is damaged");
            started = true;
            value = (value << 3) | (uint)(digit - '0');
        }
        return value;
    }

    private void CheckSum()
    {
        long expected = Number(148, 8), unsigned = 0, signed = 0;
        for (int i = 0; i < BlockSize; i++)
        {
            byte value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
            unsigned += value;
            signed += (sbyte)value;
        }
        if (expected != unsigned && expected != signed)
            throw Unsafe("the checksum of a header is wrong");
    }

    private byte[] Content(long size, int limit)
    {
        if (size < 0 || size > limit)
            throw Unsafe("a name or a header is too long");
        byte[] content = new byte[size];
        ReadFully(content, content.Length);
        _padding = (BlockSize - (size % BlockSize)) % BlockSize;
        SkipContent();
        return content;
    }

    private void SkipContent()
    {
        byte[] buffer = _left > 0 ? new byte[64 * 1024] : [];
        while (Read(buffer) > 0)
        {
        }
        if (_padding > 0)
            ReadFully(_block, (int)_padding);
        _padding = 0;
    }

    private void ReadBlock() => ReadFully(_block, BlockSize);

    private void ReadFully(byte[] buffer, int length)
    {
        for (int at = 0; at < length;)
        {
            int count = input.Read(buffer, at, length - at);
            if (count <= 0)
                throw Truncated();
            at += count;
        }
    }

    private static bool IsZero(byte[] block) => Array.TrueForAll(block, static one => one == 0);

    private static PulseRunException Truncated() => new(ErrorIds.CopyFailed, "The archive ended before its end mark.");

    private static PulseRunException Unsafe(string why) => new(ErrorIds.UnsafeArchive, "The archive was refused: " + why + ".");
}
