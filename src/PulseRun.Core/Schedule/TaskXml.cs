using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using PulseRun.Core.Ssh;

namespace PulseRun.Core.Schedule;

/// <summary>Represents a task as the XML definition of the Windows Task Scheduler.</summary>
internal static class TaskXml
{
    private const string Folder = "\\PulseRun\\";

    private static readonly XNamespace s_space = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    public static string Path(string name) => Folder + name;

    /// <summary>Returns the steps that register a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="file">The path of a temporary file for the definition; it is deleted again.</param>
    /// <param name="schtasks">The full path of schtasks.</param>
    /// <param name="user">The user, as DOMAIN\user.</param>
    /// <param name="whenLoggedOff">True to run the task while the user is logged off; only an elevated process may register that.</param>
    /// <param name="start">The time of the first start.</param>
    public static IReadOnlyList<PlanStep> Register(TaskSpec task, string file, string schtasks, string user, bool whenLoggedOff, DateTimeOffset start) =>
    [
        PlanStep.Write(file, Render(task, user, whenLoggedOff, start)),
        PlanStep.Run(schtasks, ["/Create", "/TN", Path(task.Name), "/XML", file, "/F"]),
        PlanStep.Delete(file),
    ];

    public static IReadOnlyList<PlanStep> Unregister(string name, string schtasks) => [PlanStep.Run(schtasks, ["/Delete", "/TN", Path(name), "/F"])];

    public static string Render(TaskSpec task, string user, bool whenLoggedOff, DateTimeOffset start)
    {
        XElement Make(string name, params object[] content) => new(s_space + name, content);
        XElement root = Make("Task", new XAttribute("version", "1.2"),
            Make("RegistrationInfo",
                Make("Description", "PulseRun " + task.Name + ": stops idle GPU instances. Written by Register-PRCleanup; Unregister-PRCleanup removes it."),
                Make("URI", Path(task.Name))),
            Make("Triggers", Make("TimeTrigger",
                Make("Repetition",
                    Make("Interval", "PT" + task.IntervalMinutes.ToString(CultureInfo.InvariantCulture) + "M"),
                    Make("StopAtDurationEnd", "false")),
                Make("StartBoundary", start.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:00Z", CultureInfo.InvariantCulture)),
                Make("Enabled", "true"))),
            Make("Principals", Make("Principal", new XAttribute("id", "Author"),
                Make("UserId", user),
                // S4U stores no password and loads this user's profile, which contains the key and the history.
                Make("LogonType", whenLoggedOff ? "S4U" : "InteractiveToken"),
                Make("RunLevel", "LeastPrivilege"))),
            Make("Settings",
                Make("MultipleInstancesPolicy", "IgnoreNew"),
                Make("DisallowStartIfOnBatteries", "false"),
                Make("StopIfGoingOnBatteries", "false"),
                Make("StartWhenAvailable", "true"),
                Make("Enabled", "true"),
                Make("ExecutionTimeLimit", "PT" + TaskSpec.TimeoutMinutes.ToString(CultureInfo.InvariantCulture) + "M")),
            Make("Actions", new XAttribute("Context", "Author"), Make("Exec",
                Make("Command", task.Program),
                Make("Arguments", WindowsCommandLine.Join(task.Arguments)))));
        return "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n" + root + "\n";
    }

    /// <summary>Returns this module's tasks in the output of schtasks /Query /XML ONE.</summary>
    public static IReadOnlyList<CleanupTask> Find(string xml)
    {
        XDocument document;
        try
        {
            // The declaration names UTF-16, but the text has already been decoded.
            int begin = xml.IndexOf("<Task", StringComparison.Ordinal);
            document = XDocument.Parse(begin < 0 ? "<Tasks />" : xml.Substring(begin));
        }
        catch (XmlException error)
        {
            throw new PulseRunException(ErrorIds.MalformedResponse, "The task list of the Task Scheduler cannot be read: " + error.Message, error);
        }
        var found = new List<CleanupTask>();
        foreach (XElement task in document.Descendants(s_space + "Task"))
        {
            string? path = (string?)task.Element(s_space + "RegistrationInfo")?.Element(s_space + "URI");
            if (path is null || !path.StartsWith(Folder, StringComparison.OrdinalIgnoreCase) || !TaskSpec.IsName(path.Substring(Folder.Length)))
                continue;
            XElement? action = task.Descendants(s_space + "Exec").FirstOrDefault();
            found.Add(new CleanupTask
            {
                Name = path.Substring(Folder.Length),
                Scheduler = CleanupScheduler.TaskScheduler,
                Interval = IntervalOf((string?)task.Descendants(s_space + "Interval").FirstOrDefault()),
                IsActive = (string?)task.Element(s_space + "Settings")?.Element(s_space + "Enabled") != "false",
                Command = ((string?)action?.Element(s_space + "Command") + " " + (string?)action?.Element(s_space + "Arguments")).Trim(),
                Location = [path],
            });
        }
        return found;
    }

    private static TimeSpan? IntervalOf(string? text)
    {
        try
        {
            return text is null ? null : XmlConvert.ToTimeSpan(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
