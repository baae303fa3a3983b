using System;
using System.Text;

namespace PulseRun.Core.Ssh;

/// <summary>Keeps the first part of a command's output and counts the rest, so that endless output cannot fill the memory. Thread-safe.</summary>
internal sealed class BoundedOutputBuffer
{
    /// <summary>The number of bytes that are kept: 1 MiB.</summary>
    public const int Limit = 1 << 20;

    private readonly object _gate = new();
    private byte[] _kept = new byte[4096];
    private int _length;
    private long _omitted;

    /// <summary>Gets the number of bytes that were not kept.</summary>
    public long Omitted
    {
        get
        {
            lock (_gate)
                return _omitted;
        }
    }

    public void Add(byte[] buffer, int count)
    {
        lock (_gate)
        {
            int taken = Math.Min(count, Limit - _length);
            if (_length + taken > _kept.Length)
                Array.Resize(ref _kept, Math.Min(Limit, Math.Max(2 * _kept.Length, _length + taken)));
            Buffer.BlockCopy(buffer, 0, _kept, _length, taken);
            _length += taken;
            _omitted += count - taken;
        }
    }

    /// <summary>Returns the kept bytes as UTF-8 text, without the final line end and without a truncated character.</summary>
    public string ToText()
    {
        string text;
        lock (_gate)
        {
            if (_omitted > 0)
                return Encoding.UTF8.GetString(_kept, 0, BeforeCutCharacter(_kept, _length));
            text = Encoding.UTF8.GetString(_kept, 0, _length);
        }
        if (text.Length > 0 && text[text.Length - 1] == '\n')
            text = text.Remove(text.Length - (text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1));
        return text;
    }

    /// <summary>Returns the start of the last character if it is truncated; otherwise <paramref name="length"/>.</summary>
    private static int BeforeCutCharacter(byte[] bytes, int length)
    {
        int start = length - 1;
        while (start > 0 && length - start < 4 && (bytes[start] & 0xC0) == 0x80)
            start--;
        int wanted = bytes[start] switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
        return wanted > length - start ? start : length;
    }
}
