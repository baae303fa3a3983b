using System;

namespace PulseRun;

/// <summary>What a command on one instance came to. An exit code other than 0 is a result too.</summary>
public sealed class CommandResult : InstanceReference
{
    internal CommandResult(Instance instance)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
    }

    /// <summary>The instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>The command, as it was given.</summary>
    public string Command { get; init; } = "";

    /// <summary>The command's exit code there; 0 is success by custom.</summary>
    public int ExitCode { get; init; }

    /// <summary>What it wrote to its standard output, read as UTF-8, without the line end at the end: the first megabyte of it.</summary>
    public string StdOut { get; init; } = "";

    /// <summary>What it wrote to its standard error, read as UTF-8, without the line end at the end: the first megabyte of it.</summary>
    public string StdErr { get; init; } = "";

    /// <summary>How many bytes of both were written beyond that and are not kept; 0 when all is here.</summary>
    public long OmittedBytes { get; init; }

    /// <summary>The file that got its standard output, whole and as it was written; null when it is in <see cref="StdOut"/>.</summary>
    public string? OutFile { get; init; }

    /// <summary>How long it took, the connection among it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The instance, as it was known.</summary>
    internal Instance Instance { get; }

    internal override Instance Known => Instance;
}
