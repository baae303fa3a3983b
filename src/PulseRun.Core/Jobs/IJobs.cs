using System;
using System.Collections.Generic;

namespace PulseRun.Core.Jobs;

/// <summary>Contains what the store knows about a job.</summary>
internal sealed record JobRecord
{
    public required string JobId { get; init; }

    public required string Name { get; init; }

    public string InstanceId { get; init; } = "";

    /// <summary>Gets the intent of the launch; null for an instance that existed before.</summary>
    public Guid? IntentId { get; init; }

    public required string Command { get; init; }

    public required string Directory { get; init; }

    public string? Download { get; init; }

    public string? Destination { get; init; }

    public JobEnd AtEnd { get; init; }

    public JobState State { get; init; }

    public int? ExitCode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets how many bytes of the standard output Receive-PRJob has returned.</summary>
    public long OutOffset { get; init; }

    /// <summary>Gets how many bytes of the standard error Receive-PRJob has returned.</summary>
    public long ErrOffset { get; init; }

    /// <summary>Gets a value that is true when nothing is left to do.</summary>
    public bool IsOver => State is JobState.Completed or JobState.Failed or JobState.Lost;

    /// <summary>Returns the public object.</summary>
    public Job ToJob(Context context) => new()
    {
        Id = InstanceId,
        Origin = context,
        JobId = JobId,
        Name = Name,
        State = State,
        Command = Command,
        ExitCode = ExitCode,
        AtEnd = AtEnd,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        ExpiresAt = ExpiresAt,
        Directory = Directory,
        Download = Download,
        Destination = Destination,
    };
}

/// <summary>Stores the jobs, so that another process finds them. A job that ended is deleted after 30 days.</summary>
internal interface IJobs
{
    /// <summary>Writes a job, durably. A job with the same id is replaced.</summary>
    void Write(string account, JobRecord job);

    /// <summary>Returns the jobs of an account, the oldest first.</summary>
    IReadOnlyList<JobRecord> All(string account);
}
