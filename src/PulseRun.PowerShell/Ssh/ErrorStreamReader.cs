using System;
using System.IO;
using System.Text;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Reads standard error in bounded memory: the last report of a script, and the end of everything else.</summary>
/// <param name="word">The word at the start of a line that is a report; null for none.</param>
internal sealed class ErrorStreamReader(string? word)
{
    private const int MaxLine = 8192;
    private const int MaxText = 4096;

    private readonly object _lock = new();
    private readonly byte[] _line = new byte[MaxLine];
    private readonly StringBuilder _text = new();
    private int _length;
    private string? _report;

    /// <summary>Gets the last line that was a report, without the word at its start; null when there was none.</summary>
    public string? Report
    {
        get
        {
            lock (_lock)
                return _report;
        }
    }

    /// <summary>Gets the end of the other text.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return _text.ToString().Trim();
        }
    }

    /// <summary>Reads to the end of a stream.</summary>
    public void Read(Stream stream)
    {
        byte[] buffer = new byte[8192];
        try
        {
            int count;
            while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    if (buffer[i] == '\n')
                        EndLine();
                    else if (_length < MaxLine)
                        _line[_length++] = buffer[i];
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The client was killed.
        }
        EndLine();
    }

    private void EndLine()
    {
        string line = Encoding.UTF8.GetString(_line, 0, _length);
        _length = 0;
        if (line.Length == 0)
            return;
        lock (_lock)
        {
            if (word is not null && line.StartsWith(word + " ", StringComparison.Ordinal))
            {
                _report = line.Substring(word.Length + 1);
                return;
            }
            _text.Append(line).Append('\n');
            if (_text.Length > MaxText)
                _text.Remove(0, _text.Length - MaxText);
        }
    }
}
