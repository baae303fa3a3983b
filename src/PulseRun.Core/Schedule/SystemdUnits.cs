using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PulseRun.Core.Schedule;

/// <summary>Represents a task as a service and a timer of the systemd user manager.</summary>
internal static class SystemdUnits
{
    private const string Prefix = "pulserun-";
    private const string EveryMinute = "*:*:00";
    private const string EveryFew = "*:0/";
    private const string Seconds = ":00";

    public static string UnitName(string name) => Prefix + name;

    /// <summary>Returns the task's name; null when the file was not written by this module.</summary>
    public static string? NameOf(string fileName, string ending) =>
        fileName.StartsWith(Prefix, StringComparison.Ordinal) && fileName.EndsWith(ending, StringComparison.Ordinal)
            && fileName.Substring(Prefix.Length, fileName.Length - Prefix.Length - ending.Length) is { } name && TaskSpec.IsName(name) ? name : null;

    public static IReadOnlyList<PlanStep> Register(TaskSpec task, string folder, string systemctl) =>
    [
        PlanStep.Folder(folder),
        PlanStep.Write(ServicePath(task.Name, folder), Service(task)),
        PlanStep.Write(TimerPath(task.Name, folder), Timer(task)),
        PlanStep.Run(systemctl, ["--user", "daemon-reload"]),
        PlanStep.Run(systemctl, ["--user", "enable", "--now", UnitName(task.Name) + ".timer"]),
    ];

    public static IReadOnlyList<PlanStep> Unregister(string name, string folder, string systemctl) =>
    [
        PlanStep.Run(systemctl, ["--user", "disable", "--now", UnitName(name) + ".timer"]),
        PlanStep.Delete(TimerPath(name, folder)),
        PlanStep.Delete(ServicePath(name, folder)),
        PlanStep.Run(systemctl, ["--user", "daemon-reload"]),
    ];

    public static string ServicePath(string name, string folder) => folder.TrimEnd('/') + "/" + UnitName(name) + ".service";

    public static string TimerPath(string name, string folder) => folder.TrimEnd('/') + "/" + UnitName(name) + ".timer";

    public static string Service(TaskSpec task)
    {
        var unit = new StringBuilder()
            .Append("# Written by Register-PRCleanup. Unregister-PRCleanup ").Append(task.Name).Append(" removes it.\n")
            .Append("[Unit]\n")
            .Append("Description=PulseRun ").Append(task.Name).Append(": stop idle GPU instances\n")
            .Append("\n[Service]\nType=oneshot\n")
            // systemd expands % in the program path, and also $ in arguments.
            .Append("ExecStart=").Append(Quote(task.Program)).Append(string.Concat(task.Arguments.Select(static one => " " + Quote(one).Replace("$", "$$")))).Append('\n')
            .Append("# 1: it stopped something.\nSuccessExitStatus=1\n")
            .Append("TimeoutStartSec=").Append(TaskSpec.TimeoutMinutes.ToString(CultureInfo.InvariantCulture)).Append("min\n")
            .Append("UMask=0077\n");
        foreach (KeyValuePair<string, string> variable in task.Variables)
            unit.Append("Environment=").Append(Quote(variable.Key + "=" + variable.Value)).Append('\n');
        return unit.ToString();
    }

    public static string Timer(TaskSpec task) =>
        "# Written by Register-PRCleanup. Unregister-PRCleanup " + task.Name + " removes it.\n"
        + "[Unit]\nDescription=PulseRun " + task.Name + ", every " + task.IntervalMinutes.ToString(CultureInfo.InvariantCulture) + " min\n"
        + "\n[Timer]\nOnCalendar=" + (task.IntervalMinutes == 1 ? EveryMinute : EveryFew + task.IntervalMinutes.ToString(CultureInfo.InvariantCulture) + Seconds) + "\n"
        + "AccuracySec=1s\n"
        // The readings come at any second of the minute. With a delay of 15 s, a load that works in seconds 22 to 59 of each minute would never be seen.
        + "RandomizedDelaySec=59s\n"
        + "\n[Install]\nWantedBy=timers.target\n";

    /// <summary>Returns the task that two unit files describe.</summary>
    public static CleanupTask Read(string name, string folder, string service, string timer, bool? isActive) => new()
    {
        Name = name,
        Scheduler = CleanupScheduler.Systemd,
        Interval = IntervalOf(Value(timer, "OnCalendar")),
        IsActive = isActive,
        Command = (Value(service, "ExecStart") ?? "").Replace("$$", "$").Replace("%%", "%"),
        Location = [ServicePath(name, folder), TimerPath(name, folder)],
    };

    private static TimeSpan? IntervalOf(string? calendar)
    {
        if (calendar is null)
            return null;
        if (calendar == EveryMinute)
            return TimeSpan.FromMinutes(1);
        return calendar.StartsWith(EveryFew, StringComparison.Ordinal) && calendar.EndsWith(Seconds, StringComparison.Ordinal)
            ? TaskSpec.Minutes(calendar.Substring(EveryFew.Length, calendar.Length - EveryFew.Length - Seconds.Length))
            : null;
    }

    private static string? Value(string unit, string setting) =>
        unit.Split('\n').Select(static line => line.Trim()).Where(line => line.StartsWith(setting + "=", StringComparison.Ordinal)).Select(line => line.Substring(setting.Length + 1)).FirstOrDefault();

    private static string Quote(string word)
    {
        string escaped = word.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("%", "%%");
        return word.Length > 0 && word.All(static c => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '/' or '.' or '_' or '-' or ':' or '=' or '+' or ',' or '@' or '%')
            ? escaped
            : "\"" + escaped + "\"";
    }
}
