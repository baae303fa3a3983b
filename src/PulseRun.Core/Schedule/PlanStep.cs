using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Schedule;

/// <summary>Represents one change to the machine: a folder, a file, or a program to run.</summary>
internal sealed record PlanStep
{
    private PlanStep()
    {
    }

    public PlanStepKind Kind { get; private init; }

    /// <summary>Gets the full path of the folder, the file or the program.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Gets the content of the file or the standard input of the program; null for a program without input.</summary>
    public string? Text { get; private init; }

    public IReadOnlyList<string> Arguments { get; private init; } = [];

    public static PlanStep Folder(string path) => new() { Kind = PlanStepKind.Folder, Path = path };

    public static PlanStep Write(string path, string text) => new() { Kind = PlanStepKind.Write, Path = path, Text = text };

    public static PlanStep Delete(string path) => new() { Kind = PlanStepKind.Delete, Path = path };

    public static PlanStep Run(string program, IReadOnlyList<string> arguments, string? input = null) =>
        new() { Kind = PlanStepKind.Run, Path = program, Arguments = arguments, Text = input };

    /// <summary>Returns a description that shows exactly what the step does.</summary>
    public string Describe() => Kind switch
    {
        PlanStepKind.Folder => "create the folder " + Path,
        PlanStepKind.Write => "write " + Path + ":" + Indented(Text!),
        PlanStepKind.Delete => "delete " + Path,
        _ => "run " + Path + string.Concat(Arguments.Select(static one => " " + one)) + (Text is null ? "" : ", which reads:" + Indented(Text)),
    };

    private static string Indented(string text) =>
        string.Concat(text.TrimEnd('\n').Split('\n').Select(static line => "\n    " + line.TrimEnd('\r')));
}
