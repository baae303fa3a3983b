using System;
using System.Collections.Concurrent;
using System.Text;
using PulseRun.Views.Fleet;
using Spectre.Console;

namespace PulseRun.Views.Tests.Support;

/// <summary>A terminal that records its output and returns the keys that a test presses.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private readonly ConcurrentQueue<ConsoleKeyInfo> _keys = new();
    private readonly StringBuilder _written = new();

    public int Width { get; set; } = 80;

    public int Height { get; set; } = 24;

    public ColorSystem Colors { get; set; } = ColorSystem.NoColors;

    public bool HasBlocks { get; set; } = true;

    public string Written
    {
        get
        {
            lock (_written)
                return _written.ToString();
        }
    }

    public void Press(char key) => _keys.Enqueue(new ConsoleKeyInfo(key, key == '\u001b' ? ConsoleKey.Escape : default, false, false, false));

    public void Press(ConsoleKeyInfo key) => _keys.Enqueue(key);

    public void Write(string text)
    {
        lock (_written)
            _written.Append(text);
    }

    public ConsoleKeyInfo? ReadKey() => _keys.TryDequeue(out ConsoleKeyInfo key) ? key : null;
}
