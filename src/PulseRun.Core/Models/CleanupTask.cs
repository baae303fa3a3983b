using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>A cleanup that a scheduler of this machine starts again and again.</summary>
public sealed class CleanupTask
{
    /// <summary>The task's name, as Register-PRCleanup -Name gave it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Who starts it: TaskScheduler, Systemd or Cron.</summary>
    public CleanupScheduler Scheduler { get; init; }

    /// <summary>The time from one start to the next; null when the entry was changed by hand.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>True when the scheduler has it switched on; null when the scheduler did not say.</summary>
    public bool? IsActive { get; init; }

    /// <summary>The command line that is started.</summary>
    public string Command { get; init; } = "";

    /// <summary>The files, or the entry of the scheduler, that make it up.</summary>
    public IReadOnlyList<string> Location { get; init; } = [];

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
