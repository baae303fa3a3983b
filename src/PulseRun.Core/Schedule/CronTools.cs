namespace PulseRun.Core.Schedule;

/// <summary>The programs that a crontab entry is made with, as whole paths.</summary>
/// <param name="Crontab">The crontab program.</param>
/// <param name="Folder">A folder of this user's alone, for the lock file.</param>
/// <param name="Flock">Keeps a second run out; null where there is none, as on macOS.</param>
/// <param name="Timeout">Ends a run that hangs; null where there is none.</param>
internal sealed record CronTools(string Crontab, string Folder, string? Flock, string? Timeout);
