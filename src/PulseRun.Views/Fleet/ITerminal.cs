using System;
using Spectre.Console;

namespace PulseRun.Views.Fleet;

/// <summary>A terminal: what is written to it, how big it is, and its keys.</summary>
internal interface ITerminal
{
    int Width { get; }

    int Height { get; }

    /// <summary>How many colours it has.</summary>
    ColorSystem Colors { get; }

    /// <summary>Whether it shows block characters.</summary>
    bool HasBlocks { get; }

    void Write(string text);

    /// <summary>The next key that was pressed; null when there is none. Does not wait.</summary>
    ConsoleKeyInfo? ReadKey();
}
