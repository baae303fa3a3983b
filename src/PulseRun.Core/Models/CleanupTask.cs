using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a cleanup that a scheduler of this machine starts at intervals.</summary>
public sealed class CleanupTask
{
    private readonly TextList<string> _location = TextList<string>.None;

    /// <summary>Gets the task's name, from Register-PRCleanup -Name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the scheduler: TaskScheduler, Systemd or Cron.</summary>
    public CleanupScheduler Scheduler { get; init; }

    /// <summary>Gets the time between two starts; null when the entry was changed by hand.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Gets whether the task is enabled; null when the scheduler does not report it.</summary>
    public bool? IsActive { get; init; }

    /// <summary>Gets the command line of the task.</summary>
    public string Command { get; init; } = "";

    /// <summary>Gets the files or the scheduler entry that define the task.</summary>
    public IReadOnlyList<string> Location { get => _location; init => _location = TextList<string>.Of(value); }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
