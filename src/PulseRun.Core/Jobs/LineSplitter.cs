using System;
using System.Text;

namespace PulseRun.Core.Jobs;

/// <summary>Splits bytes into lines of UTF-8 text, in bounded memory: a line that is longer than 64 KB is passed on in parts.</summary>
/// <param name="onLine">Receives each line without its end.</param>
internal sealed class LineSplitter(Action<string> onLine)
{
    private const int MaxLine = 64 * 1024;

    private byte[] _line = new byte[256];
    private int _length;

    /// <summary>Gets the number of bytes that wait for the end of their line.</summary>
    public long Pending => _length;

    public void Add(byte[] buffer, int count)
    {
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            bool isEnd = buffer[i] == '\n';
            if (!isEnd && _length + i - start < MaxLine)
                continue;
            Keep(buffer, start, i - start);
            start = isEnd ? i + 1 : i;
            Emit();
        }
        Keep(buffer, start, count - start);
    }

    /// <summary>Passes on the last line if it has no end.</summary>
    public void Finish()
    {
        if (_length > 0)
            Emit();
    }

    private void Keep(byte[] buffer, int start, int count)
    {
        if (_length + count > _line.Length)
            Array.Resize(ref _line, Math.Max(2 * _line.Length, _length + count));
        Buffer.BlockCopy(buffer, start, _line, _length, count);
        _length += count;
    }

    private void Emit()
    {
        string text = Encoding.UTF8.GetString(_line, 0, _length);
        _length = 0;
        onLine(text.Length > 0 && text[text.Length - 1] == '\r' ? text.Remove(text.Length - 1) : text);
    }
}
