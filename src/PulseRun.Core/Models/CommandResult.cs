using System;

namespace PulseRun;

/// <summary>Represents the result of a command on one instance. An exit code other than 0 is a result, not an error.</summary>
public sealed class CommandResult : InstanceReference
{
    internal CommandResult(Instance instance)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
    }

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Gets the command as it was given.</summary>
    public string Command { get; init; } = "";

    /// <summary>Gets the exit code of the command; by convention, 0 is success.</summary>
    public int ExitCode { get; init; }

    /// <summary>Gets the standard output of the command, decoded as UTF-8, without the final line end. At most the first megabyte is kept.</summary>
    public string StdOut { get; init; } = "";

    /// <summary>Gets the standard error of the command, decoded as UTF-8, without the final line end. At most the first megabyte is kept.</summary>
    public string StdErr { get; init; } = "";

    /// <summary>Gets the number of bytes of both streams that exceeded the limit and were not kept; 0 when all are here.</summary>
    public long OmittedBytes { get; init; }

    /// <summary>Gets the path of the file that received the whole standard output unchanged; null when it is in <see cref="StdOut"/>.</summary>
    public string? OutFile { get; init; }

    /// <summary>Gets the duration of the command, including the connection.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets the instance as last seen.</summary>
    internal Instance Instance { get; }

    internal override Instance Known => Instance;
}
