namespace PulseRun.Core.Schedule;

/// <summary>Contains the full paths of the programs that a crontab entry uses.</summary>
/// <param name="Crontab">The crontab program.</param>
/// <param name="Folder">A folder that only this user can access, for the lock file.</param>
/// <param name="Flock">The program that prevents a second run at the same time; null where there is none, as on macOS.</param>
/// <param name="Timeout">The program that ends a run that hangs; null where there is none.</param>
internal sealed record CronTools(string Crontab, string Folder, string? Flock, string? Timeout);
