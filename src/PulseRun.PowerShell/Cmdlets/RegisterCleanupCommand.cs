using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Schedule;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Scheduling;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Registers a cleanup with the scheduler of this machine: Windows Task Scheduler, a systemd user timer, else crontab. -WhatIf shows exactly what would be written.</summary>
[Cmdlet(VerbsLifecycle.Register, Nouns.Cleanup, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CleanupTask))]
public sealed partial class RegisterCleanupCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly CleanupTaskParameters _task = new();

    [ParameterGroup]
    private readonly ActLimitParameters _limits = new();

    [ParameterGroup]
    private readonly LadderParameters _ladder = new();

    [ParameterGroup]
    private readonly LifetimeParameters _lifetime = new();

    /// <summary>Registers a task that only ends lifetimes and obeys off hours: one list a run, and no readings. -IdleFor and the other parameters of idleness do not go with it. Its default name is lifetimes.</summary>
    [Parameter]
    public SwitchParameter Lifetimes { get; set; }

    /// <summary>The time from one run to the next, in minutes (1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30; default 1). -IdleFor must have room for -MinSamples runs.</summary>
    [Parameter]
    [ValidateSet("1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30")]
    public int IntervalMinutes { get; set; } = 1;

    /// <summary>The name of the task (default cleanup; lifetimes with -Lifetimes). Registering a name again replaces it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = TaskSpec.DefaultName;

    /// <summary>The scheduler that starts it: TaskScheduler, Systemd or Cron. Default: the first that this machine has.</summary>
    [Parameter]
    public CleanupScheduler? Scheduler { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        CleanupScheduler scheduler = CleanupTasks.Choose(Scheduler);
        if (Lifetimes)
        {
            LifetimeParameters.RefuseIdleParameters(MyInvocation.BoundParameters, "Nothing was registered");
            Name = MyInvocation.BoundParameters.ContainsKey(nameof(Name)) ? Name : "lifetimes";
        }
        IReadOnlyList<string> arguments = _lifetime.AddTo(_task.ToArguments(SessionState, scheduler, _limits, _ladder), Lifetimes);
        TaskSpec task = CleanupProgram.ToTask(Name, IntervalMinutes, arguments, scheduler, this);
        if ((task.Check() ?? (Lifetimes ? null : RunInterval.Check(IdleFor, IntervalMinutes, MinSamples.Count))) is { } wrong)
            throw wrong;
        MachinePolicy.CheckIdleFor(IdleFor);
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

    /// <summary>Checks that a task can connect: it has another environment than this session, and only a saved profile gives it a key.</summary>
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
}
