using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PulseRun.Core.Schedule;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>The cleanup tasks of this user, in whichever scheduler they are.</summary>
internal static class CleanupTasks
{
    private const string ConfigVariable = "XDG_CONFIG_HOME";

    private static bool IsWindows { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Returns the scheduler that was named, else the first of this machine that can be used.</summary>
    /// <exception cref="PulseRunException">ProgramUnavailable.</exception>
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
        throw new PulseRunException(ErrorIds.ProgramUnavailable, "This machine has no scheduler that can be used: no systemd user manager answers, and there is no crontab.");
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

    /// <summary>Returns the tasks of all schedulers, or of one. A scheduler that is not there has none.</summary>
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

    /// <summary>True when a timer of this user ends with the user's last session.</summary>
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

    /// <summary>A crontab that cannot be read must not be taken for an empty one: it would be written over.</summary>
    private static string ReadCrontab(string crontab)
    {
        ProgramRun run = ProgramRun.Of(crontab, ["-l"]);
        if (run.ExitCode == 0)
        {
            // Written back, such a line would not be what it was.
            return run.Output.Contains('\uFFFD')
                ? throw new PulseRunException(ErrorIds.ProgramUnavailable, "The crontab holds text that is not UTF-8, which would be lost. Edit it by hand with crontab -e; examples/schedule has the line to add.")
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
            throw new PulseRunException(ErrorIds.InvalidRequest, "The task has no folder to run with. " + error.Message, error);
        }
    }

    private static string User() => Environment.UserDomainName + "\\" + Environment.UserName;

    private static bool IsElevated()
    {
        if (!IsWindows)
            return false;
#pragma warning disable CA1416 // Asked above.
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
