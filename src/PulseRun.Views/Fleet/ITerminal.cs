using System;
using Spectre.Console;

namespace PulseRun.Views.Fleet;

/// <summary>Represents a terminal: its output, its size and its keys.</summary>
internal interface ITerminal
{
    int Width { get; }

    int Height { get; }

    /// <summary>Gets the colours that the terminal supports.</summary>
    ColorSystem Colors { get; }

    /// <summary>True when the terminal can show block characters.</summary>
    bool HasBlocks { get; }

    void Write(string text);

    /// <summary>Returns the next pressed key; null when there is none. Does not wait.</summary>
    ConsoleKeyInfo? ReadKey();
}
