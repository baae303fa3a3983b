using System;
using PulseRun.Core.Ssh;

namespace PulseRun.PowerShell.Ssh;

/// <summary>Keeps what a command writes, so that it is there even when the command does not end.</summary>
internal sealed class CommandOutput
{
    public BoundedOutputBuffer Output { get; } = new();

    public BoundedOutputBuffer Errors { get; } = new();

    public CommandResult ToResult(Instance instance, string command, int exitCode, string? outFile, TimeSpan duration) => new(instance)
    {
        Command = command,
        ExitCode = exitCode,
        StdOut = Output.ToText(),
        StdErr = Errors.ToText(),
        OmittedBytes = Output.Omitted + Errors.Omitted,
        OutFile = outFile,
        Duration = duration,
    };
}
