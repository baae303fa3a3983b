using System;
using System.IO;
using System.Text;
using Spectre.Console;

namespace PulseRun.Views.Fleet;

/// <summary>Represents the terminal of this process.</summary>
internal sealed class ConsoleTerminal : ITerminal
{
    private readonly IAnsiConsole _console = Detect();

    public int Width => Size(static () => Console.WindowWidth, 80);

    public int Height => Size(static () => Console.WindowHeight, 24);

    public ColorSystem Colors => _console.Profile.Capabilities.ColorSystem;

    public bool HasBlocks => Console.OutputEncoding is UTF8Encoding or UnicodeEncoding || Console.OutputEncoding.CodePage is 65001;

    /// <summary>Returns true when the terminal interprets escape sequences. On Windows the call also enables them.</summary>
    public static bool HasAnsi() => Detect().Profile.Capabilities.Ansi;

    public void Write(string text)
    {
        Console.Out.Write(text);
        Console.Out.Flush();
    }

    public ConsoleKeyInfo? ReadKey() => Console.KeyAvailable ? Console.ReadKey(intercept: true) : null;

    private static IAnsiConsole Detect() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>Returns the size, or a default if the terminal throws or returns 0.</summary>
    private static int Size(Func<int> ask, int usual)
    {
        try
        {
            return ask() is > 0 and var size ? size : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }
}
