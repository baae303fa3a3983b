using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.InteropServices;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Schedule;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Scheduling;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Registers a cleanup with the scheduler of this machine: Windows Task Scheduler, a systemd user timer, else crontab. -WhatIf shows exactly what would be written.</summary>
[Cmdlet(VerbsLifecycle.Register, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CleanupTask))]
public sealed class RegisterCleanupCommand : PulseRunCmdlet
{
    private const string ScriptName = "Stop-IdleGpu.ps1";

    /// <summary>Three quarters of what a key gets: the rest of a minute's requests is for people.</summary>
    private const int UsualBudget = 45;

    private static readonly string[] s_places = ["XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOTNET_ROOT"];

    /// <summary>How long an instance must have been idle to be stopped (default and recommended 00:30:00).</summary>
    [Parameter(Position = 0)]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>The time from one run to the next, in minutes (1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30; default 1). -IdleFor must have room for -MinSamples runs.</summary>
    [Parameter]
    [ValidateSet("1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30")]
    public int IntervalMinutes { get; set; } = 1;

    /// <summary>Also removes instances, disks too, that this machine has seen stopped for this long. Default: removes none. A task does not ask.</summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>How many instances one run acts on (0 or more, default 10).</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>How many readings the proof takes (default 20).</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>Does not mind held GPU memory.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>How many requests a run may send for the list and the readings (2 or more, default 45). The rest of the key's limit is for people.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>A file that gets a line of JSON for each decision.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuditPath { get; set; }

    /// <summary>The saved profile to use. Default: the default one. No key is written anywhere else.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    /// <summary>Registers a task that only reports what it would stop. Do this for a while first.</summary>
    [Parameter]
    public SwitchParameter ReportOnly { get; set; }

    /// <summary>The name of the task (default cleanup). Registering a name again replaces it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = TaskSpec.DefaultName;

    /// <summary>Who starts it: TaskScheduler, Systemd or Cron. Default: the first that this machine has.</summary>
    [Parameter]
    public CleanupScheduler? Scheduler { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CleanupScheduler scheduler = CleanupTasks.Choose(Scheduler);
        TaskSpec task = Spec(scheduler);
        if (task.Check() is { } wrong)
            throw wrong;
        if (IdleFor.TotalMinutes < (double)IntervalMinutes * MinSamples)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, string.Format(CultureInfo.InvariantCulture,
                "IdleFor: {0} readings, one in {1} min, take {2} min. Within {3} nothing would ever be proven idle.", MinSamples, IntervalMinutes, MinSamples * IntervalMinutes, IdleFor)) { Field = nameof(IdleFor) };
        }
        CheckKey();
        IReadOnlyList<PlanStep> plan = CleanupTasks.PlanRegister(task, scheduler);
        string what = "Register the task '" + Name + "' with " + scheduler + ":\n" + string.Join("\n", plan.Select(static step => "  " + step.Describe().Replace("\n", "\n  ")).ToArray());
        if (!ShouldProcess(what, what, MyInvocation.MyCommand.Name))
            return;
        PlanRunner.Run(plan);
        CleanupTask? made = CleanupTasks.List(scheduler).FirstOrDefault(one => one.Name == Name);
        if (made is null)
            throw new PulseRunException(ErrorIds.ProgramUnavailable, scheduler + " took the task '" + Name + "' and does not list it.");
        if (CleanupTasks.EndsAtLogoff(scheduler))
        {
            WriteWarning(scheduler == CleanupScheduler.Systemd
                ? "The timer runs while you are logged in. 'loginctl enable-linger' lets it run always."
                : "The task runs while you are logged on. Register it from an elevated session to let it run always.");
        }
        WriteObject(made);
    }

    private TaskSpec Spec(CleanupScheduler scheduler)
    {
        bool isWindows = scheduler == CleanupScheduler.TaskScheduler;
        (string program, List<string> arguments) = Shell();
        arguments.AddRange(["-NoProfile", "-NonInteractive"]);
        if (isWindows)
            arguments.AddRange(["-WindowStyle", "Hidden", "-ExecutionPolicy", "RemoteSigned"]);
        string script = Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, ScriptName);
        if (!File.Exists(script))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The module is not whole: there is no '" + script + "'.");
        arguments.AddRange(["-File", script, "-IdleFor", Text(IdleFor), "-MaxActions", Text(MaxActions), "-RequestBudget", Text(RequestBudget ?? UsualBudget), "-MinSamples", Text(MinSamples)]);
        if (RemoveStoppedAfter is { } after)
            arguments.AddRange(["-RemoveStoppedAfter", Text(after)]);
        if (Exclude is { Length: > 0 })
            arguments.AddRange(["-Exclude", string.Join(",", Exclude)]);
        if (IgnoreMemory)
            arguments.Add("-IgnoreMemory");
        if (AuditPath is not null)
            arguments.AddRange(["-AuditPath", SessionState.Path.GetUnresolvedProviderPathFromPSPath(AuditPath)]);
        if (Profile is not null)
            arguments.AddRange(["-ProfileName", Profile]);
        if (Environment.GetEnvironmentVariable(Stores.DataDirVariable) is { } data && !string.IsNullOrWhiteSpace(data))
            arguments.AddRange(["-DataDir", Path.GetFullPath(data)]);
        if (ReportOnly)
            arguments.Add("-WhatIf");
        // A journal may have a line for each run; cron would mail it.
        if (scheduler == CleanupScheduler.Cron)
            arguments.Add("-Quiet");
        return new TaskSpec { Name = Name, Program = program, Arguments = arguments, IntervalMinutes = IntervalMinutes, Variables = isWindows ? [] : Variables() };
    }

    /// <summary>Where the settings and the history of this session are, the task must look too. Never a key.</summary>
    private static List<KeyValuePair<string, string>> Variables()
    {
        var variables = new List<KeyValuePair<string, string>> { new("NO_COLOR", "1") };
        variables.AddRange(s_places
            .Select(static name => new KeyValuePair<string, string>(name, Environment.GetEnvironmentVariable(name) ?? ""))
            .Where(static one => one.Value.Length > 0 && one.Value[0] == '/'));
        return variables;
    }

    /// <summary>This PowerShell, as a program and the arguments before its own.</summary>
    private (string Program, List<string> Arguments) Shell()
    {
        string home = (string)SessionState.PSVariable.GetValue("PSHOME");
        string ending = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".exe" : "";
        foreach (string name in new[] { "pwsh", "powershell" })
        {
            string program = Path.Combine(home, name + ending);
            if (File.Exists(program))
                return (program, []);
        }
        // The dotnet tool has no program of its own.
        using Process self = Process.GetCurrentProcess();
        return (self.MainModule!.FileName!, [Path.Combine(home, "pwsh.dll")]);
    }

    /// <summary>A task has another environment than this session: only a saved profile gives it a key.</summary>
    private void CheckKey()
    {
        if (Profiles.Load(Profile) is { } saved)
        {
            saved.Key.Dispose();
            return;
        }
        string why = Profile is null ? "No profile is saved, and the task does not have this session's connection." : "No profile named '" + Profile + "' is saved.";
        if (!Prompt.IsWhatIf)
            throw new PulseRunException(ErrorIds.NotConnected, why + " Save the key first: Connect-PulseRun -ApiKey (Read-Host -AsSecureString) -Save" + (Profile is null ? "." : " -Profile " + Profile + ".")) { Field = nameof(Profile) };
        WriteWarning(why);
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
