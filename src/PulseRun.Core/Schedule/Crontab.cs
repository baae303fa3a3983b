using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PulseRun.Core.Schedule;

/// <summary>Represents a task as two lines of the user's crontab: a marker and the entry. All other lines are kept unchanged.</summary>
internal static class Crontab
{
    private const string Mark = "# PulseRun task ";
    private const string MarkEnd = ", written by Register-PRCleanup. Unregister-PRCleanup removes this line and the next.";

    public static IReadOnlyList<PlanStep> Register(TaskSpec task, string current, CronTools tools) =>
    [
        PlanStep.Folder(tools.Folder),
        PlanStep.Run(tools.Crontab, ["-"], With(current, task, tools)),
    ];

    public static IReadOnlyList<PlanStep> Unregister(string name, string current, string crontab) => [PlanStep.Run(crontab, ["-"], Without(current, name))];

    /// <summary>Returns the crontab with the task in it exactly once.</summary>
    public static string With(string crontab, TaskSpec task, CronTools tools)
    {
        string others = Without(crontab, task.Name);
        if (others.Length > 0 && others[others.Length - 1] != '\n')
            others += "\n";
        return others + Mark + task.Name + MarkEnd + "\n" + Entry(task, tools) + "\n";
    }

    /// <summary>Returns the crontab without the task.</summary>
    public static string Without(string crontab, string name)
    {
        var kept = new List<string>();
        string[] lines = crontab.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (NameOf(lines[i]) == name)
                i++;
            else
                kept.Add(lines[i]);
        }
        return string.Join("\n", kept.ToArray());
    }

    /// <summary>Returns the tasks in a crontab.</summary>
    public static IReadOnlyList<CleanupTask> Find(string crontab)
    {
        var found = new List<CleanupTask>();
        string[] lines = crontab.Split('\n');
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            if (NameOf(lines[i]) is not { } name)
                continue;
            string entry = lines[i + 1].Trim();
            bool isOff = entry.Length > 0 && entry[0] == '#';
            string[] parts = entry.TrimStart('#', ' ').Split([' '], 6);
            found.Add(new CleanupTask
            {
                Name = name,
                Scheduler = CleanupScheduler.Cron,
                Interval = IntervalOf(parts),
                IsActive = !isOff && parts.Length == 6,
                Command = parts.Length == 6 ? parts[5].Replace("\\%", "%") : entry,
                Location = ["crontab"],
            });
        }
        return found;
    }

    /// <summary>Returns the entry, quoted for /bin/sh and for cron, where an unescaped % ends the command.</summary>
    private static string Entry(TaskSpec task, CronTools tools)
    {
        string minutes = task.IntervalMinutes == 1 ? "*" : "*/" + task.IntervalMinutes.ToString(CultureInfo.InvariantCulture);
        var command = new StringBuilder("umask 077; ");
        foreach (KeyValuePair<string, string> variable in task.Variables)
            command.Append(variable.Key).Append('=').Append(Quote(variable.Value)).Append(' ');
        // Skip a run while the previous one still waits for the rate limit. Without flock two runs may overlap, which is harmless but costs requests.
        if (tools.Flock is { } flock)
            command.Append(Quote(flock)).Append(" -n -E 0 ").Append(Quote(tools.Folder.TrimEnd('/') + "/task-" + task.Name + ".lock")).Append(' ');
        if (tools.Timeout is { } timeout)
            command.Append(Quote(timeout)).Append(" -k 10 ").Append(TaskSpec.TimeoutMinutes.ToString(CultureInfo.InvariantCulture)).Append("m ");
        command.Append(Quote(task.Program)).Append(string.Concat(task.Arguments.Select(static one => " " + Quote(one))));
        return minutes + " * * * * " + command.ToString().Replace("%", "\\%");
    }

    private static TimeSpan? IntervalOf(string[] parts)
    {
        if (parts.Length < 6 || parts.Skip(1).Take(4).Any(static part => part != "*"))
            return null;
        if (parts[0] == "*")
            return TimeSpan.FromMinutes(1);
        return parts[0].StartsWith("*/", StringComparison.Ordinal) ? TaskSpec.Minutes(parts[0].Substring(2)) : null;
    }

    private static string? NameOf(string line)
    {
        line = line.TrimEnd('\r');
        return line.StartsWith(Mark, StringComparison.Ordinal) && line.EndsWith(MarkEnd, StringComparison.Ordinal)
            ? line.Substring(Mark.Length, line.Length - Mark.Length - MarkEnd.Length)
            : null;
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(static c => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '/' or '.' or '_' or '-' or ':' or '=' or '+' or ',' or '@')
            ? word
            : "'" + word.Replace("'", "'\\''") + "'";
}
