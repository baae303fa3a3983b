using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PulseRun.Core.Schedule;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>Reads and plans the cleanup tasks of this user in all schedulers of this machine.</summary>
internal static class CleanupTasks
{
    private const string ConfigVariable = "XDG_CONFIG_HOME";

    private static bool IsWindows { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Returns the named scheduler, otherwise the first scheduler of this machine that is usable.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable: this machine has no usable scheduler.</exception>
    public static CleanupScheduler Choose(CleanupScheduler? named)
    {
        if (named is { } one)
            return one;
        if (IsWindows)
            return CleanupScheduler.TaskScheduler;
        if (HasUserManager())
            return CleanupScheduler.Systemd;
        if (TryFind("crontab") is not null)
            return CleanupScheduler.Cron;
        throw new PulseRunException(ErrorIds.ProgramUnavailable, "This machine has no usable scheduler: no systemd user manager is running, and the program crontab was not found. Install cron, or enable systemd for this user.");
    }

    /// <exception cref="PulseRunException">ProgramUnavailable: the scheduler's program is missing or fails.</exception>
    public static IReadOnlyList<PlanStep> PlanRegister(TaskSpec task, CleanupScheduler scheduler) => scheduler switch
    {
        CleanupScheduler.Systemd => SystemdUnits.Register(task, UnitFolder(), Find("systemctl", "systemd")),
        CleanupScheduler.Cron => Crontab.Register(task, ReadCrontab(Find("crontab", "cron")), new CronTools(Find("crontab", "cron"), StateFolder(), TryFind("flock"), TryFind("timeout"))),
        _ => TaskXml.Register(task, Path.Combine(Path.GetTempPath(), "pulserun-" + Guid.NewGuid().ToString("N") + ".xml"), Find("schtasks", "Windows"), User(), IsElevated(), DateTimeOffset.UtcNow),
    };

    /// <exception cref="PulseRunException">ProgramUnavailable: the scheduler's program is missing or fails.</exception>
    public static IReadOnlyList<PlanStep> PlanUnregister(CleanupTask task) => task.Scheduler switch
    {
        CleanupScheduler.Systemd => SystemdUnits.Unregister(task.Name, UnitFolder(), Find("systemctl", "systemd")),
        CleanupScheduler.Cron => Crontab.Unregister(task.Name, ReadCrontab(Find("crontab", "cron")), Find("crontab", "cron")),
        _ => TaskXml.Unregister(task.Name, Find("schtasks", "Windows")),
    };

    /// <summary>Returns the tasks of all schedulers, or of one. A scheduler that is not installed has no tasks.</summary>
    public static IReadOnlyList<CleanupTask> List(CleanupScheduler? only = null)
    {
        var tasks = new List<CleanupTask>();
        if (only is null or CleanupScheduler.Systemd && !IsWindows)
            tasks.AddRange(Units());
        if (only is null or CleanupScheduler.Cron && TryFind("crontab") is { } crontab)
            tasks.AddRange(Crontab.Find(ReadCrontab(crontab)));
        if (only is null or CleanupScheduler.TaskScheduler && TryFind("schtasks") is { } schtasks)
            tasks.AddRange(TaskXml.Find(Answer(schtasks, ["/Query", "/XML", "ONE"])));
        return tasks.OrderBy(static task => task.Name, StringComparer.Ordinal).ThenBy(static task => task.Scheduler).ToList();
    }

    /// <summary>Returns true when a timer of this user stops at the user's last logoff.</summary>
    public static bool EndsAtLogoff(CleanupScheduler scheduler) =>
        scheduler == CleanupScheduler.Systemd ? !File.Exists("/var/lib/systemd/linger/" + Environment.UserName)
        : scheduler == CleanupScheduler.TaskScheduler && !IsElevated();

    private static IEnumerable<CleanupTask> Units()
    {
        string folder = UnitFolder();
        if (!Directory.Exists(folder))
            yield break;
        string? systemctl = TryFind("systemctl");
        foreach (string timer in Directory.GetFiles(folder, "*.timer").OrderBy(static file => file, StringComparer.Ordinal))
        {
            if (SystemdUnits.NameOf(Path.GetFileName(timer), ".timer") is not { } name)
                continue;
            string service = SystemdUnits.ServicePath(name, folder);
            bool? isActive = systemctl is null ? null : ProgramRun.Of(systemctl, ["--user", "is-active", "--quiet", SystemdUnits.UnitName(name) + ".timer"]).ExitCode == 0;
            yield return SystemdUnits.Read(name, folder, File.Exists(service) ? File.ReadAllText(service) : "", File.ReadAllText(timer), isActive);
        }
    }

    /// <summary>Returns the user's crontab; empty when there is none. Throws when it cannot be read, because treating it as empty would overwrite it.</summary>
    private static string ReadCrontab(string crontab)
    {
        ProgramRun run = ProgramRun.Of(crontab, ["-l"]);
        if (run.ExitCode == 0)
        {
            // The output is decoded as UTF-8; a line in another encoding would be written back damaged.
            return run.Output.Contains('\uFFFD')
                ? throw new PulseRunException(ErrorIds.ProgramUnavailable, "The crontab was not changed, because it contains text that is not UTF-8 and would be damaged. Edit it with crontab -e; examples/schedule contains the line to add.")
                : run.Output;
        }
        return run.Errors.Contains("no crontab")
            ? ""
            : throw new PulseRunException(ErrorIds.ProgramUnavailable, "The crontab cannot be read: " + PulseRun.Core.Text.CleanText.Clean(run.Errors, 300));
    }

    private static string Answer(string program, IReadOnlyList<string> arguments)
    {
        ProgramRun run = ProgramRun.Of(program, arguments);
        return run.ExitCode == 0 ? run.Output : throw new PulseRunException(ErrorIds.ProgramUnavailable, program + " failed: " + PulseRun.Core.Text.CleanText.Clean(run.Errors, 300));
    }

    private static bool HasUserManager() => TryFind("systemctl") is { } systemctl && ProgramRun.Of(systemctl, ["--user", "show-environment"]).ExitCode == 0;

    private static string UnitFolder()
    {
        string? config = Environment.GetEnvironmentVariable(ConfigVariable);
        return Path.Combine(
            string.IsNullOrEmpty(config) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config") : config,
            "systemd", "user");
    }

    private static string StateFolder()
    {
        try
        {
            return Libraries.StateFolder();
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The folder of the task cannot be determined. " + error.Message, error);
        }
    }

    private static string User() => Environment.UserDomainName + "\\" + Environment.UserName;

    private static bool IsElevated()
    {
        if (!IsWindows)
            return false;
#pragma warning disable CA1416 // The platform was checked above.
        using var identity = System.Security.Principal.WindowsIdentity.GetCurrent();
        return new System.Security.Principal.WindowsPrincipal(identity).IsInRole(System.Security.Principal.WindowsBuiltInRole.Administrator);
#pragma warning restore CA1416
    }

    private static string Find(string program, string package) => Programs.Find(program, package);

    private static string? TryFind(string program)
    {
        try
        {
            return Programs.Find(program, "");
        }
        catch (PulseRunException)
        {
            return null;
        }
    }
}
