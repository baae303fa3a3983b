using System;
using System.IO;
using System.Text;

namespace PulseRun.Core.Jobs;

/// <summary>Splits bytes into lines of UTF-8 text, in bounded memory: a line that is longer than 64 KB is passed on in parts.</summary>
/// <param name="onLine">Receives each line without its end.</param>
internal sealed class LineSplitter(Action<string> onLine)
{
    private const int MaxLine = 64 * 1024;

    private readonly MemoryStream _line = new();

    /// <summary>Gets the number of bytes that wait for the end of their line.</summary>
    public long Pending => _line.Length;

    public void Add(byte[] buffer, int count)
    {
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            bool isEnd = buffer[i] == '\n';
            if (!isEnd && _line.Length + i - start < MaxLine)
                continue;
            _line.Write(buffer, start, i - start);
            start = isEnd ? i + 1 : i;
            Emit();
        }
        _line.Write(buffer, start, count - start);
    }

    /// <summary>Passes on the last line if it has no end.</summary>
    public void Finish()
    {
        if (_line.Length > 0)
            Emit();
    }

    private void Emit()
    {
        string text = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        onLine(text.EndsWith("\r", StringComparison.Ordinal) ? text.Remove(text.Length - 1) : text);
    }
}
