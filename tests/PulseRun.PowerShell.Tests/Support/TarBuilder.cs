using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Builds tar archives byte by byte, also such that no tar program writes.</summary>
internal sealed class TarBuilder
{
    private readonly List<byte> _bytes = [];

    /// <summary>Adds an entry.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type: 0 file, 1 hard link, 2 link, 5 folder.</param>
    /// <param name="content">The content.</param>
    /// <param name="link">The target of a link.</param>
    /// <param name="size">The size in the header; null for that of the content.</param>
    /// <param name="magic">The magic of the header.</param>
    /// <param name="prefix">The prefix field.</param>
    /// <param name="breakSum">True to write a wrong checksum.</param>
    /// <param name="rawSize">The bytes of the size field; null for an octal number.</param>
    public TarBuilder Add(string name, char type = '0', string content = "", string link = "", long? size = null, string magic = "ustar\0" + "00", string prefix = "", bool breakSum = false, byte[]? rawSize = null)
    {
        byte[] data = Encoding.UTF8.GetBytes(content);
        byte[] block = new byte[512];
        Put(block, 0, 100, Encoding.UTF8.GetBytes(name));
        Put(block, 100, 8, Encoding.ASCII.GetBytes("0000755\0"));
        Put(block, 108, 8, Encoding.ASCII.GetBytes("0000000\0"));
        Put(block, 116, 8, Encoding.ASCII.GetBytes("0000000\0"));
        Put(block, 124, 12, rawSize ?? Encoding.ASCII.GetBytes(Convert.ToString(size ?? data.Length, 8).PadLeft(11, '0') + "\0"));
        Put(block, 136, 12, Encoding.ASCII.GetBytes("14000000000\0"));
        block[156] = (byte)type;
        Put(block, 157, 100, Encoding.UTF8.GetBytes(link));
        Put(block, 257, 8, Encoding.ASCII.GetBytes(magic));
        Put(block, 345, 155, Encoding.UTF8.GetBytes(prefix));
        int sum = 8 * ' ';
        foreach (byte one in block)
            sum += one;
        Put(block, 148, 8, Encoding.ASCII.GetBytes(Convert.ToString(breakSum ? sum + 1 : sum, 8).PadLeft(6, '0') + "\0 "));
        _bytes.AddRange(block);
        return Raw(data).Raw(new byte[(512 - (data.Length % 512)) % 512]);
    }

    /// <summary>Adds a pax header.</summary>
    public TarBuilder Pax(char type, params (string Key, string Value)[] records)
    {
        var text = new StringBuilder();
        foreach ((string key, string value) in records)
        {
            int rest = 3 + Encoding.UTF8.GetByteCount(key + value), length = rest + 1;
            while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
                length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
            text.Append(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
        }
        return Add("pax", type, text.ToString());
    }

    /// <summary>Adds bytes.</summary>
    public TarBuilder Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Adds the end mark.</summary>
    public TarBuilder End() => Raw(new byte[1024]);

    public byte[] ToArray() => _bytes.ToArray();

    private static void Put(byte[] block, int offset, int length, byte[] value) => Array.Copy(value, 0, block, offset, Math.Min(length, value.Length));
}
