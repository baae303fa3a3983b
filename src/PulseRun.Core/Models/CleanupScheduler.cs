namespace PulseRun;

/// <summary>Specifies the scheduler that starts a registered cleanup.</summary>
public enum CleanupScheduler
{
    /// <summary>The Windows Task Scheduler.</summary>
    TaskScheduler,

    /// <summary>A timer of the systemd user manager.</summary>
    Systemd,

    /// <summary>The user's crontab.</summary>
    Cron,
}
