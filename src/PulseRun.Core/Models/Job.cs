using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Specifies how far a job is.</summary>
public enum JobState
{
    /// <summary>The instance is being launched, or a launch was interrupted.</summary>
    Launching,

    /// <summary>The instance exists; files are being copied to it.</summary>
    Preparing,

    /// <summary>The command was started on the instance.</summary>
    Running,

    /// <summary>The command ended, and the instance was given back as -AtEnd says.</summary>
    Completed,

    /// <summary>The command was never started.</summary>
    Failed,

    /// <summary>The command ended without an exit code: the instance is gone or was started again, or the command was killed together with its wrapper.</summary>
    Lost,
}

/// <summary>Specifies what happens to the instance of a job when the command has ended.</summary>
public enum JobEnd
{
    /// <summary>Removes the instance and its disk.</summary>
    Remove,

    /// <summary>Stops the instance and keeps its disk.</summary>
    Stop,

    /// <summary>Leaves the instance running, until its lifetime ends.</summary>
    Keep,
}

/// <summary>Represents a job as the local store knows it. Its Id is that of the instance, so that it can be piped to commands for instances.</summary>
public sealed class Job : InstanceReference
{
    /// <summary>Gets the instance's id; empty while the instance is being launched.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the id of the job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>Gets the name of the job.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the state as last seen from here. Get-PRJob does not ask the instance.</summary>
    public JobState State { get; init; }

    /// <summary>Gets the command.</summary>
    public string Command { get; init; } = "";

    /// <summary>Gets the exit code of the command; null until it is known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets what happens to the instance at the end.</summary>
    public JobEnd AtEnd { get; init; }

    /// <summary>Gets the time at which the job was created (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the time at which the command was started (UTC); null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets the time at which the end was seen (UTC); null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets the time at which the lifetime of the instance ends (UTC); null without a lifetime.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the folder of the job on the instance. The command runs in its folder work.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Gets the path on the instance that is downloaded at the end; null for none.</summary>
    public string? Download { get; init; }

    /// <summary>Gets where the download goes on this machine; null for none.</summary>
    public string? Destination { get; init; }
}

/// <summary>Represents the result of a job. Its Id is that of the instance, which may not exist any more.</summary>
public sealed class JobResult : InstanceReference
{
    /// <summary>Gets the name of the job.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the id of the instance.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the id of the job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>Gets the exit code of the command (128 and the number of the signal that ended it); null when it is unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets the standard output, decoded as UTF-8, without the final line end. At most the first megabyte is kept; -OutFile gets all of it.</summary>
    public string StdOut { get; init; } = "";

    /// <summary>Gets the standard error, decoded as UTF-8, without the final line end. At most the first megabyte is kept.</summary>
    public string StdErr { get; init; } = "";

    /// <summary>Gets the number of bytes of both streams that are not in this object.</summary>
    public long OmittedBytes { get; init; }

    /// <summary>Gets the time at which the command was started (UTC); null when it never was.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets the time from the start of the job until its end, including the launch and the copies.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets what the instance cost from its launch until the end of the job, in dollars, by its price; null when the price is unknown or the instance existed before.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets the launches of the job, in order, each with how it ended: those that found no capacity, and the instances that the job ran on.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [];

    /// <summary>Gets whether the download is complete; null when there was nothing to download.</summary>
    public bool? Downloaded { get; init; }

    /// <summary>Gets whether the instance does not exist any more, as the server said when it was asked after the removal; null when the server could not say.</summary>
    public bool? Removed { get; init; }
}

/// <summary>Represents one launch of a job, and how the run on its instance ended.</summary>
public sealed class JobAttempt
{
    /// <summary>Gets the id of the instance; empty when the launch failed.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>Gets the time at which the attempt began (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets how it ended: Completed, Lost, or an error id.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>Gets the requested GPU type; empty for an instance that was not launched for the job.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Gets the requested region; null for the server's default.</summary>
    public string? Region { get; init; }

    /// <summary>Gets the requested provider; null for the server's default.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets whether a spot instance was requested; null for the server's default.</summary>
    public bool? Spot { get; init; }

    /// <summary>Gets the answer to the launch in words; null for a launch without alternatives.</summary>
    public string? Answer { get; init; }

    /// <summary>Returns the instance, or what was requested, and how it ended.</summary>
    public override string ToString() => (InstanceId.Length > 0 ? InstanceId : Gpu) + " " + Outcome;

    internal JobAttempt Ended(string outcome) => new()
    {
        InstanceId = InstanceId,
        StartedAt = StartedAt,
        Outcome = outcome,
        Gpu = Gpu,
        Region = Region,
        Provider = Provider,
        Spot = Spot,
        Answer = Answer,
    };
}

/// <summary>Represents one line of a job's output.</summary>
public sealed class JobOutputLine
{
    /// <summary>Gets the name of the job.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets StdOut or StdErr.</summary>
    public string Stream { get; init; } = "";

    /// <summary>Gets the line without its end.</summary>
    public string Text { get; init; } = "";

    /// <summary>Returns the line.</summary>
    public override string ToString() => Text;
}
