using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace PulseRun.Core.Copy;

/// <summary>Writes a tar archive to a stream, in constant memory: ustar headers, and pax headers for what does not fit them (names that are long or not ASCII, sizes from 8 GB).</summary>
/// <param name="output">Receives the archive.</param>
internal sealed class TarWriter(Stream output)
{
    /// <summary>tar programs read records of this size.</summary>
    private const int RecordSize = 20 * TarReader.BlockSize;

    private const long LargestOctal = 0x1_FFFF_FFFF;

    private static readonly byte[] s_zeros = new byte[RecordSize];

    private long _written;
    private long _left;
    private long _padding;

    /// <summary>Begins an entry. A file needs exactly as many bytes of <see cref="Write"/> as its size.</summary>
    public void Begin(TarEntry entry)
    {
        End();
        byte[] name = Encoding.UTF8.GetBytes(entry.Name), link = Encoding.UTF8.GetBytes(entry.Link);
        bool isLarge = entry.Size > LargestOctal;
        bool needsPath = !Fits(name), needsLink = !Fits(link);
        if (needsPath || needsLink || isLarge)
        {
            var pax = new MemoryStream();
            if (needsPath)
                Record(pax, "path", name);
            if (needsLink)
                Record(pax, "linkpath", link);
            if (isLarge)
                Record(pax, "size", Encoding.ASCII.GetBytes(entry.Size.ToString(CultureInfo.InvariantCulture)));
            byte[] content = pax.ToArray();
            Header(Encoding.ASCII.GetBytes("pax"), 'x', content.Length, 0x1A4, entry.Modified, []);
            Put(content, content.Length);
            Pad(content.Length);
        }
        char type = entry.Kind switch { TarKind.Folder => '5', TarKind.Link => '2', _ => '0' };
        Header(needsPath ? Short(name) : name, type, isLarge ? 0 : entry.Size, entry.Mode, entry.Modified, needsLink ? Short(link) : link);
        _left = entry.Size;
        _padding = (TarReader.BlockSize - (entry.Size % TarReader.BlockSize)) % TarReader.BlockSize;
    }

    /// <summary>Writes content of the current file.</summary>
    public void Write(byte[] buffer, int count)
    {
        if (count > _left)
            throw new InvalidOperationException("The content is longer than the size of the entry.");
        Put(buffer, count);
        _left -= count;
    }

    /// <summary>Writes the end of the archive.</summary>
    public void Finish()
    {
        End();
        Put(s_zeros, 2 * TarReader.BlockSize);
        Put(s_zeros, (int)((RecordSize - (_written % RecordSize)) % RecordSize));
        output.Flush();
    }

    private void End()
    {
        if (_left > 0)
            throw new InvalidOperationException("The content is shorter than the size of the entry.");
        Put(s_zeros, (int)_padding);
        _padding = 0;
    }

    private void Header(byte[] name, char type, long size, int mode, DateTimeOffset modified, byte[] link)
    {
        byte[] block = new byte[TarReader.BlockSize];
        name.CopyTo(block, 0);
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, 0);
        Octal(block, 116, 8, 0);
        Octal(block, 124, 12, size);
        Octal(block, 136, 12, Math.Max(0, Math.Min(modified.ToUnixTimeSeconds(), LargestOctal)));
        block[156] = (byte)type;
        link.CopyTo(block, 157);
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(block, 257);
        int sum = 8 * ' ';
        foreach (byte one in block)
            sum += one;
        Octal(block, 148, 7, sum);
        block[155] = (byte)' ';
        Put(block, block.Length);
    }

    private static void Octal(byte[] block, int offset, int length, long value)
    {
        for (int i = offset + length - 2; i >= offset; i--, value >>= 3)
            block[i] = (byte)('0' + (value & 7));
    }

    private static void Record(MemoryStream pax, string key, byte[] value)
    {
        int rest = 1 + key.Length + 1 + value.Length + 1;
        // The length includes its own digits.
        int length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        byte[] start = Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + " " + key + "=");
        pax.Write(start, 0, start.Length);
        pax.Write(value, 0, value.Length);
        pax.WriteByte((byte)'\n');
    }

    /// <summary>Returns true when a name fits the header and reads the same in every program.</summary>
    private static bool Fits(byte[] name) => name.Length <= 99 && Array.TrueForAll(name, static one => one is >= 32 and < 127);

    /// <summary>Returns what a program without pax shows.</summary>
    private static byte[] Short(byte[] name)
    {
        byte[] text = new byte[Math.Min(name.Length, 90)];
        for (int i = 0; i < text.Length; i++)
            text[i] = name[i] is >= 32 and < 127 ? name[i] : (byte)'_';
        return text;
    }

    private void Pad(long size) => Put(s_zeros, (int)((TarReader.BlockSize - (size % TarReader.BlockSize)) % TarReader.BlockSize));

    private void Put(byte[] bytes, int count)
    {
        output.Write(bytes, 0, count);
        _written += count;
    }
}
